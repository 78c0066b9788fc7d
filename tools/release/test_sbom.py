import unittest

import sbom


def node(identity, *children):
    return {"identity": identity, "dependencies": list(children)}


class SbomTests(unittest.TestCase):
    PIN = {"identity": "yams", "location": "https://forge.example/jpsim/Yams.git",
           "state": {"version": "6.2.2", "revision": "473e618f"}}

    def test_a_package_is_named_by_its_address_version_and_commit(self):
        component = sbom.package_component(self.PIN)
        self.assertEqual(component["purl"], "pkg:swift/forge.example/jpsim/Yams@6.2.2")
        self.assertEqual((component["group"], component["name"]), ("jpsim", "Yams"))
        self.assertEqual(component["properties"], [{"name": "cleave:commit", "value": "473e618f"}])

    def test_a_branch_is_no_version(self):
        with self.assertRaises(sbom.Wrong):
            sbom.package_component({**self.PIN, "state": {"branch": "main", "revision": "473e618f"}})

    def test_an_address_without_an_owner_is_refused(self):
        with self.assertRaises(sbom.Wrong):
            sbom.package_component({**self.PIN, "location": "/srv/Yams"})

    def test_what_several_packages_need_is_found_once(self):
        graph = node("root", node("a", node("c")), node("b", node("c"), node("a", node("c"))))
        found = sbom.edges(graph, {"a", "b", "c"}, {})
        self.assertEqual(found, {"root": {"a", "b"}, "a": {"c"}, "b": {"a", "c"}, "c": set()})

    def test_a_package_without_a_pin_is_refused(self):
        with self.assertRaisesRegex(sbom.Wrong, "c: in the graph, and not among the pins"):
            sbom.edges(node("root", node("a", node("c"))), {"a"}, {})


if __name__ == "__main__":
    unittest.main()
