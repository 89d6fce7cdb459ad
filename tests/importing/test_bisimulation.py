"""The check that the imports are held against can itself tell what is alike from what is not."""

from support.lts import Lts, bisimilar


def lts(start: str, *ways: tuple[str, str, str], **marks: str) -> Lts:
    made = Lts(start, marks=dict(marks))
    for state, label, target in ways:
        made.add(state, label, target)
    return made


def test_an_unrolled_loop_behaves_as_the_loop() -> None:
    """The number of states does not matter."""
    assert bisimilar(lts("a", ("a", "go", "a")), lts("x", ("x", "go", "y"), ("y", "go", "x")))


def test_choosing_early_is_not_choosing_late() -> None:
    """The same traces, and yet a tester can tell them apart."""
    late = lts("a", ("a", "pay", "b"), ("b", "tea", "c"), ("b", "coffee", "d"))
    early = lts("x", ("x", "pay", "y"), ("x", "pay", "z"), ("y", "tea", "u"), ("z", "coffee", "v"))
    assert not bisimilar(late, early)


def test_what_is_seen_of_an_end_counts() -> None:
    """Approved is not rejected, though nothing happens after either."""
    one = lts("a", ("a", "act", "b"), b="approved")
    assert bisimilar(one, lts("x", ("x", "act", "y"), y="approved"))
    assert not bisimilar(one, lts("x", ("x", "act", "y"), y="rejected"))


def test_one_way_too_many_is_found() -> None:
    """However far from the start."""
    chain = [(str(n), "next", str(n + 1)) for n in range(40)]
    assert bisimilar(lts("0", *chain), lts("0", *chain))
    assert not bisimilar(lts("0", *chain), lts("0", *chain, ("39", "back", "0")))


def test_a_start_without_ways_is_a_state_too() -> None:
    """Two systems that do nothing are alike."""
    assert bisimilar(Lts("a"), Lts("x"))
    assert not bisimilar(Lts("a"), lts("x", ("x", "go", "x")))
