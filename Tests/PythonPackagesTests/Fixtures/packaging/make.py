#!/usr/bin/env python3
"""Writes the tables that versions, specifiers, requirements, markers and tags are held against.

Everything in them is said by PyPA's `packaging`, version 26.2, with seed 1.
"""
import itertools
import json
import pathlib
import random

import packaging
from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

assert packaging.__version__ == "26.2"
pick = random.Random(1)
here = pathlib.Path(__file__).parent


def write(name, rows):
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (here / name).write_text(f"[\n{lines}\n]\n")


def random_version(loose=False):
    def separator():
        return pick.choice(["", ".", "-", "_"]) if loose else ""

    text = pick.choice(["", "", "", "1!", "0!", "2!"])
    text += ".".join(str(pick.choice([0, 0, 1, 1, 2, 3, 10, 11, 2024, 20240131])) for _ in range(pick.randint(1, 4)))
    if pick.random() < 0.35:
        word = pick.choice(["a", "b", "rc", "alpha", "beta", "c", "pre", "preview", "A", "RC"] if loose else ["a", "b", "rc"])
        text += separator() + word + separator() + pick.choice(["0", "1", "2", "01", ""] if loose else ["0", "1", "2"])
    if pick.random() < 0.3:
        if loose and pick.random() < 0.3:
            text += "-" + pick.choice(["0", "1", "02", ""])
        else:
            word = pick.choice(["post", "rev", "r", "Post"]) if loose else ".post"
            text += separator() + word + separator() + pick.choice(["0", "1", "2"] + ([""] if loose else []))
    if pick.random() < 0.25:
        text += (separator() + "dev" + separator() if loose else ".dev") + pick.choice(["0", "1", "3"] + ([""] if loose else []))
    if pick.random() < 0.2:
        text += "+" + pick.choice(["abc", "1", "ubuntu.1", "1.abc", "a-1_b" if loose else "a.1.b", "001", "cpu"])
    if loose and pick.random() < 0.1:
        text = pick.choice(["v", " ", "V", "\n"]) + text + pick.choice(["", " ", "\t"])
    if loose and pick.random() < 0.15:
        place = pick.randrange(len(text) + 1)
        text = text[:place] + pick.choice([".", "-", "_", "a", "!", "+", " ", "é", "*", "dev", "post", "0"]) + text[place:]
    return text


def versions():
    texts = [random_version(loose=True) for _ in range(1200)]
    texts += ["", "1.", ".1", "1..2", "1!", "!1", "1+", "1.0+a..b", "1.0-", "1.0a-", "1.0a.-1", "1.0post-1", "1.0--1", "1.0-1-1",
              "9" * 40, "1." + "9" * 30 + "a" + "8" * 25, "1.0.dev", "1.0.a", "1.0a1a1", "1.0rc1.post2.dev3+l.4", "00001.0002", "1.0+A-1", "1.0 .1"]
    for text in texts:
        try:
            yield [text, str(Version(text))]
        except InvalidVersion:
            yield [text, None]


def order():
    texts = sorted({random_version() for _ in range(400)})
    for left, right in (pick.sample(texts, 2) for _ in range(2500)):
        yield [left, right, (Version(left) > Version(right)) - (Version(left) < Version(right))]
    for left in ("1.0", "1.0.0", "1", "1.0+a", "1.0.post0", "1.0a0", "1.0.dev0", "1.0a0.dev0", "1.0+1", "1.0+a.1"):
        for right in ("1.0", "1.0.0", "1.0+a", "1.0+10", "1.0+9", "1.0.post0.dev1", "0!1.0", "1.0+a.b"):
            yield [left, right, (Version(left) > Version(right)) - (Version(left) < Version(right))]


def specifiers():
    signs = ["~=", "==", "!=", "<=", ">=", "<", ">", "==="]
    for _ in range(3000):
        base = random_version()
        sign = pick.choice(signs)
        text = sign + pick.choice(["", " "]) + base + (".*" if pick.random() < 0.25 else "")
        version = pick.choice([random_version(), base, base.split("+")[0], base + ".1" if base.isdigit() else base,
                               base.split("a")[0].split("b")[0] + ".1", base.split("+")[0] + "+local"])
        try:
            Version(version)
        except InvalidVersion:
            version = random_version()
        try:
            yield [text, version, Specifier(text).contains(Version(version), prereleases=True)]
        except InvalidSpecifier:
            yield [text, version, None]


def filters():
    for _ in range(300):
        candidates = [random_version() for _ in range(6)]
        clauses = []
        for _ in range(pick.randint(0, 2)):
            clause = pick.choice(["~=", "!=", "<=", ">=", "<", ">"]) + random_version().split("+")[0]
            try:
                Specifier(clause)
                clauses.append(clause)
            except InvalidSpecifier:
                pass
        yield [",".join(clauses), candidates, list(SpecifierSet(",".join(clauses)).filter(candidates))]


ENVIRONMENT = {
    "implementation_name": "cpython", "implementation_version": "3.11.2", "os_name": "posix", "platform_machine": "x86_64",
    "platform_system": "Linux", "python_full_version": "3.11.2", "platform_python_implementation": "CPython",
    "python_version": "3.11", "sys_platform": "linux", "platform_release": "", "platform_version": "",
}


def random_marker(depth=0):
    if depth < 3 and pick.random() < 0.45:
        word = pick.choice([" and ", " or "])
        parts = [random_marker(depth + 1) for _ in range(pick.randint(2, 3))]
        text = word.join(parts)
        return f"({text})" if pick.random() < 0.6 or word == " or " else text
    values = {
        "python_version": ["3.8", "3.11", "3.9", "4", "3.11.*", "3.10"], "python_full_version": ["3.11.2", "3.11.0", "3.12", "3.11.3a1"],
        "sys_platform": ["linux", "win32", "darwin"], "os_name": ["posix", "nt"], "platform_machine": ["x86_64", "aarch64", "x86_64 amd64"],
        "platform_system": ["Linux", "Windows"], "implementation_name": ["cpython", "pypy"], "extra": ["socks", "test-extra", "all"],
        "platform_python_implementation": ["CPython", "PyPy"], "implementation_version": ["3.11", "3.11.2"],
    }
    name = pick.choice(list(values))
    value = pick.choice(values[name])
    signs = ["==", "!=", "<", "<=", ">", ">="] if "version" in name else ["==", "!="]
    sign = pick.choice(signs + (["in", "not in"] if name != "extra" and pick.random() < 0.2 else []))
    quote = pick.choice("'\"")
    left, right = name, f"{quote}{value}{quote}"
    if pick.random() < 0.15:
        left, right = right, left
    return f"{left} {sign} {right}"


def markers():
    for text in itertools.chain(
        (random_marker() for _ in range(700)),
        ["python_version not in '2.7, 3.11'", "os.name == 'posix'", "sys.platform=='linux'", "platform.machine != 'arm'",
         "python_implementation == 'CPython'", "sys_platform in 'linux linux2'", "'3.8' <= python_version", "python_version ~= '3.8'",
         "sys_platform > 'aaa'", "sys_platform >= 'linux'", "((python_version >= '3'))", "extra == 'test.extra'"],
    ):
        extra = pick.choice(["", "socks", "test-extra"])
        yield [text, extra, Marker(text).evaluate({**ENVIRONMENT, "extra": extra})]


def requirements():
    texts = ["flask", "Flask_X.y", "requests[socks]", "requests [ socks , Security ] >= 2.8.1 , == 2.8.* ; python_version < '2.7'", "a[]",
             "name (>=1.0,<2)", "name(>=1.0)", "name>=1;os_name=='a'", "name ; os_name == 'a' or extra == 'b'", "name>=1,", "name==1.*",
             "n", "1a", "a-", "-a", "a b", "a==", "a>=1.*", "a[b", "a[b,]", "a[,b]", "a(>=1", "a>=1)", "a;", "a; os_name", "a; os_name ==",
             "a; os_name == 'x", "a; foo == 'x'", "a; os_name == 'x' and", "a; (os_name == 'x'", "a; os_name == 'x')", "a; os_name = 'x'",
             "a; os_name not 'x'", "a; os_name notin 'x'", "a>=1 b", "a===weird", "a!=1.0+local", "a>1.0+local", "a~=1", "", " ", "é", "a;os_name=='é'",
             "  a  >=  1  ", "a>=1,<2,!=1.5", "a == 1.0 ; python_version>='3' and(os_name=='posix'or os_name=='nt')"]
    for text in texts:
        try:
            requirement = Requirement(text)
            clauses = sorted(str(clause).replace(" ", "") for clause in requirement.specifier)
            yield [text, canonicalize_name(requirement.name), sorted(canonicalize_name(extra) for extra in requirement.extras), clauses,
                   requirement.marker is not None]
        except InvalidRequirement:
            yield [text, None, None, None, None]


def file_names():
    texts = ["numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl", "a-1-py2.py3-none-any.whl", "a_b-1.0-1-py3-none-any.whl",
             "a_b-1.0-12abc-py3-none-any.whl", "A.B-1.0-py3-none-any.whl", "a-b-1.0-py3-none-any.whl", "a-1.0-x1-py3-none-any.whl", "a-1.0-py3-none.whl",
             "a-1.0-py3-none-any.zip", "a-x-py3-none-any.whl", "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl", "a-1.0-py3-none-any.whl.whl", ".whl", ""]
    for text in texts:
        try:
            name, version, build, tags = parse_wheel_filename(text)
            yield [text, name, str(version), list(build), sorted(str(tag) for tag in tags)]
        except InvalidWheelFilename:
            yield [text, None, None, None, None]


def tags():
    names = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
    for version, architecture, glibc in (((3, 11), "x86_64", 36), ((3, 9), "aarch64", 31), ((3, 13), "x86_64", 17)):
        platforms = []
        for minor in range(glibc, 4 if architecture == "x86_64" else 16, -1):
            platforms.append(f"manylinux_2_{minor}_{architecture}")
            platforms += [f"{names[minor]}_{architecture}"] if minor in names else []
        platforms.append(f"linux_{architecture}")
        interpreter = f"cp{version[0]}{version[1]}"
        yield ["%d.%d" % version, architecture, f"2.{glibc}",
               [str(tag) for tag in cpython_tags(version, abis=[interpreter], platforms=platforms)]
               + [str(tag) for tag in compatible_tags(version, interpreter, platforms)]]


write("versions.json", versions())
write("order.json", order())
write("specifiers.json", specifiers())
write("filters.json", filters())
write("markers.json", markers())
write("requirements.json", requirements())
write("file-names.json", file_names())
write("tags.json", tags())
