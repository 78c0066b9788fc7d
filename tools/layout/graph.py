"""Circles in a graph."""


def circles(edges):
    """The groups of nodes that reach one another, each sorted; a loop to itself is none.

    `edges` maps a node to the nodes that it needs.
    """
    nodes = sorted(set(edges) | {target for targets in edges.values() for target in targets})
    reach = {node: reachable(edges, node) for node in nodes}
    groups = []
    for node in nodes:
        group = sorted(other for other in reach[node] if node in reach[other])
        if len(group) > 1 and group not in groups:
            groups.append(group)
    return groups


def reachable(edges, start):
    """Every node that `start` needs, by way of others too."""
    seen, waiting = set(), list(edges.get(start, ()))
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += edges.get(node, ())
    return seen
