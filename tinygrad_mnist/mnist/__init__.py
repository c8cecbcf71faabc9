"""The application: the digit classifier, built on the framework's public surface only."""
