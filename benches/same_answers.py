"""Whether two servers with the same models answer alike, for instance one on a CPU and one on a GPU.

    python3 benches/same_answers.py http://127.0.0.1:8080 http://127.0.0.1:8081 problems.txt --clients 8

A problem a line. The first server solves them one after the other; the second solves the same ones,
`--clients` at a time, and then scores what the first one wrote. Prints how many solves have the same
texts, and how far scores differ.
"""
import argparse
import concurrent.futures
import json
import urllib.request

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
parser.add_argument("one")
parser.add_argument("other")
parser.add_argument("problems")
parser.add_argument("--clients", type=int, default=4)
asked = parser.parse_args()


def post(server, path, body):
    request = urllib.request.Request(
        server + path, json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def solve(server, problem):
    return post(server, "/v1/solve", {"problem": problem, "seed": 1})


def texts(run):
    return [[step["text"] for step in s["steps"]] + [s["answer"]] for s in run["solutions"]]


def differences(problem, solution):
    """Of the ORM's score of the whole, and of both models' scores of each step."""
    steps = [step["text"] for step in solution["steps"]]
    if solution["answer"]:
        steps.append("#### " + solution["answer"])
    given = post(asked.other, "/v1/critique", {"problem": problem, "steps": steps})["solutions"][0]
    yield "ORM", abs(given["orm"] - solution["orm"])
    for here, there in zip(solution["steps"], given["steps"]):
        for name in ("sorm", "orm"):
            if here[name] is not None and there[name] is not None:
                yield name.upper() + " of steps", abs(here[name] - there[name])


with open(asked.problems) as lines:
    problems = [line.strip() for line in lines if line.strip()]
runs = [solve(asked.one, problem) for problem in problems]
scored = [
    (run["problem"]["text"], solution)
    for run in runs
    for solution in run["solutions"]
    if solution["steps"] and solution["orm"] is not None
]
with concurrent.futures.ThreadPoolExecutor(asked.clients) as pool:
    others = list(pool.map(lambda problem: solve(asked.other, problem), problems))
    found = {}
    for differing in pool.map(lambda one: list(differences(*one)), scored):
        for name, by in differing:
            found.setdefault(name, []).append(by)
same = sum(texts(run) == texts(other) for run, other in zip(runs, others))
print(f"texts: {same} of {len(runs)} the same, {asked.clients} clients")
for name, by in found.items():
    far = sum(one > 0.01 for one in by)
    print(f"{name}: {len(by)} scores, largest difference {max(by):.4f}, {far} over 0.01")
