"""Counting, sequences, parity and comparisons."""

from __future__ import annotations

from random import Random

from training.data.phrase import one_of, say
from training.data.working import answer, step


def count(rng: Random) -> tuple[str, str]:
    """Counting up, down, by steps; even and odd numbers; tables."""
    kind, a = rng.randint(0, 6), rng.randint(0, 30)
    if kind <= 2:
        b = a + rng.randint(2, 11)
        prompt = say(
            rng,
            [
                "[Count|count|Please count|Can you count|please count] [up |]from {a} to {b}",
                "[List|Write|Say|Give me|Show|write|Name] [all |]the numbers [from|between] {a} [to|and] {b}",
                "[List|Write] all [whole |]numbers from {a} to {b}",
                "numbers from {a} to {b}",
                "[Count|count] {a} to {b}",
                "Start at {a} and count to {b}",
                "[Begin|Start] [with|at] {a} and [go up to|end at|end with|go on until] {b}",
                "Count on from {a} until [you reach |]{b}",
                "[Start|start|Begin|begin] [counting |to count ][at|with|from] {a} [and|, then] [stop|end|finish] [at|with] {b}",
                "[Count|count] [for me|please|now|up], [from|starting at|starting with] {a} [up |]to {b}",
                "[From|from] {a} to {b}, [count please|please count|count for me|count|list all numbers]",
                "[Count|count] the numbers from {a} to {b}[ for me| please|]",
                "[I want you to|Would you|Will you|Can you please] count from {a} to {b}[ for me|]",
                "[Go|go] from {a} to {b}[ in steps of one| one by one|]",
                "[Which|What] numbers are there from {a} to {b}?",
                "[How|how] do you count from {a} to {b}?",
                "[Let us|Let me hear you] count from {a} to {b}",
                "all numbers from {a} [up |]to {b}[ please|]",
            ],
            a=a,
            b=b,
        )
        if "between" in prompt:
            prompt = f"List the numbers from {a} to {b}"
        return prompt.replace(f"from {a} and {b}", f"from {a} to {b}"), ", ".join(
            map(str, range(a, b + 1))
        ) + "."
    if kind == 3:
        b = a + rng.randint(2, 11)
        return say(
            rng,
            [
                "Count [down|backwards|backward] from {b} to {a}",
                "[count|Count] down [from|] {b} to {a}",
                "[List|Write] the numbers from {b} down to {a}",
                "[Count|count] [backwards|down] [for me|please|now], from {b} to {a}",
                "[Start|start|Begin|begin] at {b} and [count|go] [down|backwards|back] to {a}",
                "[From|from] {b} [down|back|backwards] to {a}[, please|, count|, count please]",
                "[Please|Can you|Would you|Could you] count [down|backwards] from {b} to {a}[ for me|]",
                "[Count|count] [down|backwards], [starting at|starting with] {b}[, until|, down to| and ending at] {a}",
                "[count down|countdown|backwards] from {b} to {a}",
                "[Give me|Say|Show me] the numbers from {b} [down|back] to {a}",
            ],
            a=a,
            b=b,
        ).replace("  ", " "), ", ".join(map(str, range(b, a - 1, -1))) + "."
    if kind == 4:
        b, even = a + rng.randint(4, 16), rng.random() < 0.5
        listed = ", ".join(str(x) for x in range(a, b + 1) if (x % 2 == 0) == even)
        return say(
            rng,
            [
                "[List|Write|Name|Give me] [all |]the {w} numbers from {a} to {b}",
                "[Which|What] are the {w} numbers from {a} to {b}?",
                "{w} numbers from {a} to {b}",
            ],
            a=a,
            b=b,
            w="even" if even else "odd",
        ), listed + "."
    s, n = rng.randint(2, 12), rng.randint(4, 8)
    if kind == 5:
        return say(
            rng,
            [
                "Count by {s} up to {n}",
                "[List|Write|Give me] the multiples of {s} up to {n}",
                "count in steps of {s} [up |]to {n}",
                "Count by {s}s to {n}",
            ],
            s=s,
            n=s * n,
        ), ", ".join(str(s * i) for i in range(1, n + 1)) + "."
    return say(
        rng,
        [
            "[Write|Show|Give me|Say] the [multiplication|times] table of {s} up to 5",
            "[Show|Write|Say|Give me] the {s} times table up to 5",
            "{s} times table up to 5",
        ],
        s=s,
    ), ", ".join(f"{s} x {i} = {s * i}" for i in range(1, 6)) + "."


def sequence(rng: Random) -> tuple[str, str]:
    """The next number of a sequence."""
    kind, n = rng.randint(0, 3), rng.randint(3, 5)
    if kind <= 1:
        a, d = rng.randint(0, 40), rng.randint(1, 15)
        if rng.random() < 0.3:
            a = d
        xs = [a + d * i for i in range(n + 1)]
        worked = f"Each step adds {d}. " + step(xs[-2], "+", d)
    elif kind == 2:
        d = rng.randint(1, 12)
        a = rng.randint(d * (n + 1), d * (n + 1) + 40)
        xs = [a - d * i for i in range(n + 1)]
        worked = f"Each step subtracts {d}. " + step(xs[-2], "-", d)
    else:
        a, d = rng.randint(1, 6), rng.randint(2, 3)
        xs = [a * d**i for i in range(n + 1)]
        worked = f"Each step multiplies by {d}. " + step(xs[-2], "x", d)
    listed = ", ".join(map(str, xs[:-1]))
    prompt = say(
        rng,
        [
            "[What|Which number|What number] [comes|is] next[:| in] {l}?",
            "[Continue|Continue the sequence|Go on|Extend the sequence][:|] {l}",
            "[What is|What's|Find] the next number [in|of] [the sequence |the list |]{l}",
            "Which number is next? {l}",
            "{l}[,|:|.] [what comes then|what comes after that|what follows|and what comes next|how does it go on|how does it continue|which number comes then|which number is next|what is the next one|and now]?",
            "[How|how] does [it|this|this sequence|the list] [go on|continue][:|,] {l}?",
            "[Here is|I have|Look at] a [sequence|list|row|pattern]: {l}. [What comes next|Which number follows|What is next|How does it go on]?",
            "[Go on|Continue|Keep going|Carry on][ please|][:|] {l}",
            "[After|after] {l}[, what comes| comes what|, which number comes][ next|]?",
            "[The|the] numbers are {l}. [Which|What] [one |number |]is next?",
            "[Which|What] number should come [next|after these|then]: {l}?",
            "[Guess|Tell me|Give me|Say] the next number: {l}",
            "[next number|continue|what comes next|next|what is next]: {l}",
            "{l}, [what is next|what comes next|and then|next]?",
            "[What|Which|what] number [follows|comes after|continues] [in|] {l}?"
            if False
            else "[What|Which|what] number follows in {l}?",
            "[What|Which] number follows {l}?",
            "Find the next [number|term]: {l}",
            "{l}, ...",
            "[Complete|Finish] the [sequence|series|pattern]: {l}, ?",
            "What is the missing number: {l}, _",
        ],
        l=listed,
    )
    return prompt, worked + answer(xs[-1])


def compare(rng: Random) -> tuple[str, str]:
    """Even or odd; greater or smaller."""
    a, kind = rng.randint(0, one_of(rng, (20, 99, 99, 999))), rng.randint(0, 3)
    even = a % 2 == 0
    if kind == 0:
        return say(
            rng,
            [
                "[Is|is] [|the number ]{a} [even or odd|odd or even]?",
                "[Is|is] {a} an [even or an odd|odd or an even|even or odd] number?",
                "{a}: [even or odd|odd or even]?",
                "even or odd: {a}",
                "Tell me if {a} is [even or odd|odd or even]",
                "{a}[, is it|, is that|: is it|, would that be] [even or odd|odd or even]?",
                "[What|what] is {a}, [even or odd|odd or even]?",
                "[Do you know|Can you tell me|Say|I want to know] if {a} is [even or odd|odd or even]",
                "Would {a} be [even or odd|odd or even]?",
                "[The|the] number {a}, [even or odd|odd or even]?",
                "[What kind of number is|Which one is] {a}: [even or odd|odd or even]?",
            ],
            a=a,
        ), f"{a} ends in {a % 10}. " + answer("even" if even else "odd")
    if kind == 1:
        ask_even = rng.random() < 0.5
        return say(
            rng,
            [
                "[Is|is] [|the number ]{a} {w}?",
                "[Is|is] {a} an {w} number?",
                "{a} {w}?",
                "Is it true that {a} is {w}?",
                "Can you tell me if {a} is {w}?",
                "{a} is {w}, [right|is it not|yes|no|true|correct|or not|is that right|is that true]?",
                "[The|the] number {a} is {w}, [right|yes|or not]?",
                "{a} is {w}. [Right|True|Correct|Is that true|Is that right|True or not]?",
                "[Would you say|Do you think|Am I right that|Tell me,] {a} is {w}?",
                "[So|And] {a} is an {w} number?",
                "[Can|Could] {a} be [called |]{w}?",
                "{a}, is [it|that] {w}?",
            ],
            a=a,
            w="even" if ask_even else "odd",
        ), f"{a} ends in {a % 10}. " + answer("yes" if even == ask_even else "no")
    b = rng.randint(0, 999 if a > 99 else 99)
    if a == b:
        b += 1
    if kind == 2:
        more = rng.random() < 0.6
        yes = a > b if more else a < b
        w = (
            one_of(rng, ("greater", "larger", "bigger", "more", "higher"))
            if more
            else one_of(rng, ("smaller", "less", "lower"))
        )
        return say(
            rng,
            [
                "[Is|is] {a} {w} than {b}?",
                "Is it true that {a} is {w} than {b}?",
                "{a} is {w} than {b}, [right|yes|or not|true|is it not|correct]?",
                "[Am I right that|Would you say|Do you think|So] {a} is {w} than {b}?",
            ],
            a=a,
            b=b,
            w=w,
        ), answer("yes" if yes else "no")
    more = rng.random() < 0.6
    w = (
        one_of(rng, ("greater", "larger", "bigger", "more", "higher"))
        if more
        else one_of(rng, ("smaller", "less", "lower"))
    )
    return say(
        rng,
        [
            "[Which|What|which] is {w}[,|:] {a} or {b}?",
            "[Is {a} or {b} {w}|What is {w}, {a} or {b}|Which number is {w}: {a} or {b}]?",
            "Which of {a} and {b} is {w}?",
            "{a} or {b}[:|,] [which|which one|what] is {w}?",
            "[Which|Tell me which|Say which] [number|one] is {w}, {a} or {b}",
            "[Between|Of] {a} and {b}, which [one |number |]is {w}?",
            "[I have|There are|Take] {a} and {b}. Which [one |]is {w}?",
        ],
        a=a,
        b=b,
        w=w,
    ), answer(max(a, b) if more else min(a, b))
