import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.codabench.yaml_subset import BadYaml, read_yaml

SAMPLE = """\
# a comment
version: 2
title: Classify seeds (results)   # and another
"quoted key": 'it''s: fine'
empty:
ratio: -0.5
flag: True
address: https://example.org/a#b
tasks:
  - index: 0
    name: "First: the \\"easy\\" one"
    files: [a, 'b', 3]
  - index: 1
    text: |
      one
        two

      three
    folded: >-
      one
      two
-not-a-list: 1
phases:
- name: Dev
  tasks:
  - 0
  - 1
-
  name: nothing
long: a plain text
  that goes on
words:
  - one
  - - nested
    - list
"""


def test_the_subset_reads_as_a_yaml_library_does():
    sample = SAMPLE.replace("-\n  name: nothing\n", "")
    assert read_yaml(sample).content == yaml.safe_load(sample)


def test_a_lone_dash_takes_the_block_below():
    assert read_yaml("a:\n-\n  b: 1\n  c: 2\n- 3\n").content == {"a": [{"b": 1, "c": 2}, 3]}


def test_a_repeated_key_keeps_its_last_value_and_is_told():
    document = read_yaml("a: 1\nb: 2\na: 3\n")
    assert (document.content, document.repeated) == ({"a": 3, "b": 2}, [(3, "a")])


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: &x 1\n", 1), ("a: {b: 1}\n", 1), ("a: !!python/object 1\n", 1), ("a: 1\n\tb: 2\n", 2), ("a: 'x\n", 1),
     ("a: 1\n  b: 2\n", 2), ("a: [1\n", 1)],
)  # fmt: skip
def test_what_is_not_read_is_refused_with_its_line(text, line):
    with pytest.raises(BadYaml) as caught:
        read_yaml(text)
    assert caught.value.line == line


def test_depth_is_bounded():
    with pytest.raises(BadYaml, match="too many levels"):
        read_yaml("".join(" " * i + "a:\n" for i in range(100)))


words = st.text("abcdefgh", min_size=1, max_size=6).filter(lambda text: text not in {"f", "e"})
trees = st.recursive(
    st.one_of(words, st.integers(-999, 999), st.booleans(), st.none(), st.text("ab :#-'\"é", max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3), st.dictionaries(words, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(words, trees, min_size=1, max_size=4))
def test_whatever_a_library_writes_is_read_back(tree):
    text = yaml.safe_dump(tree, default_flow_style=False, allow_unicode=True, width=10**6)
    assert read_yaml(text).content == tree


@settings(max_examples=300, deadline=1000)
@given(st.text("ab:-# \n'\"[]{}|>&\t%", max_size=80))
def test_no_text_crashes_or_hangs_the_reader(text):
    try:
        read_yaml(text)
    except BadYaml as error:
        assert str(error)  # noqa: PT017 - either outcome is fine
