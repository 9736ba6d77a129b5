"""How a figure is refused: with a sentence, a hint and an exit code of the command line."""

BAD_USAGE = 2
INVALID_INPUT = 3


class Refused(Exception):
    """What was asked for cannot be drawn; nobody wants to see a traceback."""

    def __init__(self, sentence, hint="", code=BAD_USAGE):
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint
        self.code = code


def invalid(sentence, hint=""):
    """An input file that does not hold what its kind of file holds."""
    return Refused(sentence, hint, INVALID_INPUT)
