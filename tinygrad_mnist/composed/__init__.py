"""Functions made of the operations in `ops`: they have no rule of their own, and a user could have written them."""
