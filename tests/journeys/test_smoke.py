from collabcase import Collab


def test_open(collab: Collab) -> None:
    collab.create_portfolio("p")
    with collab.system("p") as s:
        s.people.add("a", name="A")
    with collab.desk("a", portfolio="p") as d:
        assert [c.id for c in d.people.known()] == ["a"]
