"""What stands for what in a timeline: colours and hatches of states, lines of messages, markers."""
from plots import style

# What nodes are: the same in every protocol, and every figure.
ROLES = {
    "leader": (style.ORANGE, "//"), "coordinator": (style.ORANGE, "//"),
    "candidate": (style.PURPLE, ".."), "pre_candidate": (style.PURPLE, "oo"),
    "electing": (style.PURPLE, ".."), "waiting": (style.YELLOW, "--"),
    "follower": (style.SKY, ""), "worker": (style.SKY, ""), "member": (style.SKY, ""),
    "down": ("paper", "xxx"), "paused": ("paper", "||"),
}
OTHER_ROLES = [(style.GREEN, "\\\\"), (style.YELLOW, "--"), (style.SKY, ""), (style.PURPLE, ".."),
               (style.ORANGE, "//"), (style.BLUE, "++"), (style.VERMILLION, "oo")]
MESSAGES = [("ink", "-"), (style.BLUE, (0, (6, 2))), (style.GREEN, (0, (3, 1.2))),
            (style.PURPLE, (0, (6, 2, 1, 2))), (style.ORANGE, (0, (1, 1))),
            ("faint", (0, (8, 2, 1, 2, 1, 2))), (style.SKY, (0, (2, 2))), ("faint", (0, (1, 2)))]
MARKERS = {"elected": "*", "committed": "P", "aborted": "X", "restart": "o", "chosen": "h",
           "delivered": "h", "blocked": "s", "suspected": "d", "crash": "x"}
# Whose words come first where there is not room for all.
TOLD_FIRST = ("elected", "committed", "aborted", "blocked", "chosen", "delivered", "suspected")
