"""How people read a page and what they press.

Assumptions:
* The idea at place j = 1..8 is examined with chance j^-0.7; 15 % of visits go to the tab *Newest* under every policy.
* Somebody who examined an idea thinks of it as in `world`; where counts are visible, herding adds
  0.3·log2(1 + supports), at most 1.2: the first visible vote makes support a fifth more likely. Somebody whom the
  author told of the idea likes it 0.8 better.
* Above 0.6 they would support it and press it in 3 cases of 4, above 2.1 strongly (at most 5 strong supports at once);
  between, they say *Not me* in 2 cases of 5; below -1.6 they object in 2 cases of 5: where that takes a reason (a stop
  signal) only 3 in 8 of these do, the others say *Not me*. All others scroll on and may meet the idea again later.
* From a portal without the quiet buttons the same presses reach the formula as far as it has a place for them.
* A look without a decision counts with the chance that it was one: q = 0.45·w/(1 - 0.55·w), w = j^-0.7.
"""

import math
import random

PAGE = 8
EXPONENT = 0.7
EXAMINES = [(place + 1) ** -EXPONENT for place in range(PAGE)]
LOOKED = [0.45 * w / (1 - 0.55 * w) for w in EXAMINES]
NEWEST_SHARE = 0.15
HERDING, HERDING_MAX, TOLD_BONUS = 0.3, 1.2, 0.8
LIKES, LOVES, HATES = 0.6, 2.1, -1.6
PRESS_SUPPORT, PRESS_REST, GIVES_REASON = 0.75, 0.4, 0.375
STRONG_OPEN_MAX = 5
FAIRLY_SEEN = 0.85


def reaction(
    opinion: float, rng: random.Random, *, shown: int = 0, told: bool = False, strong_left: bool = True
) -> str:
    """What somebody who examines an idea presses: support, strong, pass, stop, down (disliked, no reason) or ''.

    shown: supports they see beside it.
    """
    likes = opinion + min(HERDING_MAX, HERDING * math.log2(1 + shown)) + TOLD_BONUS * told
    if likes > LIKES:
        if rng.random() >= PRESS_SUPPORT:
            return ""
        return "strong" if likes > LOVES and strong_left else "support"
    if rng.random() >= PRESS_REST:
        return ""
    if likes > HATES:
        return "pass"
    return "stop" if rng.random() < GIVES_REASON else "down"
