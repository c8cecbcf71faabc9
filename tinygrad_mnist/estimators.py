"""Classifiers for scikit-learn, from the application: `tinygrad_mnist.mnist.estimators`."""

from tinygrad_mnist.mnist.estimators import DigitClassifier, NetClassifier

__all__ = ["DigitClassifier", "NetClassifier"]
