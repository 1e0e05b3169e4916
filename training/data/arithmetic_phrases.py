"""How people ask for a sum, in symbols and in words."""

# ruff: noqa: SIM905 (a list of words reads best as a text)

from __future__ import annotations

from random import Random

from training.data.phrase import say

SMALL = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen
""".split()


TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


ASK = [
    "[What is|What's|whats|How much is|what is|Calculate|Compute|Solve|Evaluate|Work out|Find|Tell me|] {e}",
    "[{e} =|{e}=|{e} = ?|{e}=?|{e} is?|{e} equals|{e} equals what?|{e} makes?|{e} please|{e}?]",
    "[What is|What's|How much is|What does] {e}[ equal|]?",
    "[Calculate|Compute|Solve|Work out] {e}[.| for me.| please.]",
    "[Can you|Could you|Can you please|Would you] [calculate|compute|solve|work out|tell me] {e}?",
    "[What is the result of|Give me the result of|I need the result of|What is the value of|The result of] {e}[?|.|]",
    "[Please|pls] [calculate|compute|solve|work out] {e}",
    "[I need|Give me|Tell me] {e}[.| please|]",
    "[So|And|Now|Ok,|Well,|Hey,] [what is|what's|how much is|what would be|what makes] {e}[?|]",
    "{e}, [what is it|what is that|how much is that|what does it make|what do I get|please|how much|and|right now please][?|]",
    "{e}[, tell me the result|, what comes out|, what is the result|. What is it|. What do I get|: result|: what is the answer][?|]",
    "[How much|What] [do I get|do you get|comes out|is the result|will I get|would I get] [for|with|from] {e}[?|]",
    "[Do you know|I want to know|I would like to know|Please tell me|Tell me] [what|how much] {e} is[?|.|]",
    "[Can|Could|Would] you [do|find|get me|give me|add up|figure out|help me with] {e}[?| for me?| please?]",
    "[Figure out|Do|Give me the answer to|Show me|Find out|Let us do|Try] {e}[.| for me| please|]",
    "[The answer to|The value of|Result of|Result for] {e}[?| please|]",
    "what's {e}[ then|, please|]?",
]


def number_word(n: int) -> str:
    """A number from 0 to 99 in words."""
    if n < 20:
        return SMALL[n]
    return TENS[n // 10] + ("-" + SMALL[n % 10] if n % 10 else "")


def spoken(rng: Random, n: int) -> str:
    """A number in words, or in digits where it is large."""
    return number_word(n) if n < 100 and (n <= 20 or rng.random() < 0.6) else str(n)


def ask(rng: Random, expression: str, phrases: list[str], a: int, b: int) -> str:
    """A request for the value of an expression, as symbols or in one of its spoken forms."""
    kind = rng.random()
    if kind < 0.42:
        shown = expression.replace(" ", "") if rng.random() < 0.3 else expression
        return say(rng, ASK, e=shown)
    in_words = kind < 0.56
    a_text, b_text = (spoken(rng, a), spoken(rng, b)) if in_words else (str(a), str(b))
    return say(rng, phrases, a=a_text, b=b_text)


ADD = [
    "[What is|What's|How much is|whats|] {a} plus {b}[?|]",
    "Add {a} and {b}[.|]",
    "[What is|Find|Give me|Calculate|] the sum of {a} and {b}[?|.|]",
    "{a} plus {b} [is|equals|makes] [what|]?",
    "What do [you|I] get [when|if] [you|I] add {a} and {b}?",
    "{a} and {b} together",
    "[What is|How much is] {a} and {b} [together|]?",
    "[How much is|What is] {b} added to {a}?",
    "[What|How much] does {a} plus {b} [make|equal|give]?",
    "[What is|Which number is|What number is] {b} more than {a}?",
    "[Add|Please add] {b} to {a}[.|]",
    "If I add {a} and {b}, what do I get?",
    "[Can|Could] you add {a} and {b}?",
    "{a} increased by {b}",
    "Add up {a} and {b}[.|]",
    "[What|How much] [is|would be|will be|do I get for] {a} plus {b}[, please|]?",
    "[tell me|give me|I need|I want|find me] the sum of {a} and {b}[ please|]",
    "{a} plus {b}, [what is it|what is that|how much is that|please|what do I get][?|]",
    "{a} and {b}[, what is that together|: what is the sum|, how much is that|, added together|, how much in total|. What is the sum][?|]",
    "[please |]add {b} to {a}[ for me|, please|]",
    "[please |]add {a} and {b}[ for me|, please| together]",
    "[Start|Begin] with {a} and add {b}[. What do I get?|.|]",
    "[I have|Take] {a} and [add|get] {b} [more|]. [What is the sum|How much is that|What do I have]?",
    "[Put|put] {a} and {b} together[.|, how much is that?|]",
    "the total of {a} and {b}",
    "[what happens|what do I get] [when|if] I add {b} to {a}?",
    "What [number|] [comes out|results] if [you|I] add {a} and {b}?",
]


SUBTRACT = [
    "[What is|What's|How much is|whats|] {a} minus {b}[?|]",
    "[Subtract|Please subtract] {b} from {a}[.|]",
    "Take {b} away from {a}[.|]",
    "{a} take away {b}[?|]",
    "{a} minus {b} [is|equals|makes] [what|]?",
    "What do [you|I] get [when|if] [you|I] [subtract|take] {b} from {a}?",
    "[What is|Which number is|What number is] {b} less than {a}?",
    "[What|How much] does {a} minus {b} [make|equal|give]?",
    "{a} less {b}",
    "{a} decreased by {b}",
    "If I subtract {b} from {a}, what do I get?",
    "If I take {b} from {a}, what is left?",
    "[Can|Could] you subtract {b} from {a}?",
    "How much is left if {b} is taken from {a}?",
    "Reduce {a} by {b}[.|]",
    "{a} take away {b}, [what is it|what is left|what is that|how much][?|]",
    "{a} minus {b}, [what is it|what is that|how much is that|please|what do I get|what is left][?|]",
    "[Start|Begin] with {a} and take away {b}[. What is left?|. What do I get?|.|]",
    "[I have|Take] {a} and [take away|lose|give away|subtract|remove] {b}. [What is left|How much is left|What remains]?",
    "[Take|take|Remove|remove] {b} from {a}[.|, please|, what is left?|, how much is that?|]",
    "[please |]subtract {b} from {a}[ for me|, please|]",
    "[What|what] [is left|remains] [when|if] [you|I] take {b} [from {a}|away from {a}]?",
    "{a} without {b}[, how much is that?|?|]",
    "[What|How much] [is|would be|will be|do I get for] {a} minus {b}[, please|]?",
    "[Go|Count] {b} [down|back] from {a}[.|]",
    "[What number|Which number] is {b} [smaller|lower|less] than {a}?",
]


DIFFERENCE = [
    "[What is|Find|Calculate|] the difference [between|of] {a} and {b}[?|]",
    "How much more is {a} than {b}?",
    "How far is it from {b} to {a}?",
    "[Tell me|Give me|I need|I want] the difference [of|between] {a} and {b}[, please|.|]",
    "[By how much|How much] is {a} [bigger|larger|greater|higher] than {b}?",
    "[By how much|How much] is {b} [smaller|less|lower] than {a}?",
    "{a} and {b}[, what is the difference|: difference|, how far apart are they][?|]",
    "How [much|many] [must I|do I] add to {b} to get {a}?",
    "[How much|What] is missing from {b} to {a}?",
    "[How much|What] [do I need|is needed] to get from {b} to {a}?",
]


MULTIPLY = [
    "[What is|What's|How much is|whats|] {a} times {b}[?|]",
    "[Multiply|Please multiply] {a} [by|with|and] {b}[.|]",
    "[What is|Find|Give me|Calculate|] the product of {a} and {b}[?|.|]",
    "{a} multiplied by {b}[?|]",
    "{a} times {b} [is|equals|makes] [what|]?",
    "What do [you|I] get [when|if] [you|I] multiply {a} [by|with|and] {b}?",
    "[What|How much] does {a} times {b} [make|equal|give]?",
    "If I multiply {a} by {b}, what do I get?",
    "[Can|Could] you multiply {a} [by|and] {b}?",
    "[Tell me|Can you tell me] what {a} times {b} is[.|?|]",
    "{a} groups of {b}",
    "{a} times {b}, [what is it|what is that|how much is that|please|what do I get|what does it make][?|]",
    "[How much|What] [do I get|do you get|would I get|comes out] [for|with|from] {a} times {b}[?|]",
    "[please |]multiply {a} [by|with] {b}[ for me|, please|]",
    "[please |]multiply {a} and {b}[ for me|, please|]",
    "[What|How much] [is|would be|will be|are] {a} times {b}[, please|]?",
    "[Take|take] {a} times {b}[.|, what is that?|, how much is it?|]",
    "[Take|Start with] {a} and multiply [it |]by {b}[. What do I get?|.|]",
    "{a} times {b}[, tell me| =|, result|: what is it][?|]",
    "[tell me|give me|I need|I want] the product of {a} and {b}[ please|]",
    "[tell me|I want to know] [what|how much] {a} times {b} [is|makes]",
    "[What|what] does {a} [by|multiplied by|multiplied with] {b} [give|make]?",
    "{a} by {b}, multiplied",
    "How [much|many] [are|is] {a} [groups|packs|times] of {b}?",
]


DIVIDE = [
    "[What is|What's|How much is|whats|] {a} divided by {b}[?|]",
    "[Divide|Please divide] {a} by {b}[.|]",
    "{a} divided by {b} [is|equals|makes] [what|]?",
    "What do [you|I] get [when|if] [you|I] divide {a} by {b}?",
    "How many times does {b} go into {a}?",
    "How often does {b} fit into {a}?",
    "[What|How much] does {a} divided by {b} [make|equal|give]?",
    "If I divide {a} by {b}, what do I get?",
    "[Can|Could] you divide {a} by {b}?",
    "[Find|Calculate] the quotient of {a} and {b}[.|]",
    "Split {a} into {b} equal parts[.|]",
    "{a} over {b}",
    "{a} divided by {b}, [what is it|what is that|how much is that|please|what do I get][?|]",
    "[How much|What] [do I get|do you get|would I get|comes out] [for|with|from] {a} divided by {b}[?|]",
    "[please |]divide {a} by {b}[ for me|, please|]",
    "[please |]split {a} [by|into] {b}[ parts|][ for me|, please|]",
    "[What|How much] [is|would be|will be] {a} divided by {b}[, please|]?",
    "[Take|Start with] {a} and divide [it |]by {b}[. What do I get?|.|]",
    "[tell me|I want to know] [what|how much] {a} divided by {b} [is|makes]",
    "[How many|how many] {b}s [are in|fit into|are there in|go into] {a}?",
    "How [often|many times] [is {b} in|can I take {b} from|does {b} fit in] {a}?",
    "{a} [shared|split] by {b}[?|]",
    "[Share|share] {a} [among|between] {b}[.|]",
]
