"""Errors that a user can mend."""


class UserError(Exception):
    """What is wrong, where, and the remedy, in one line.

    The command line prints the message without a traceback and exits with 2.
    """
