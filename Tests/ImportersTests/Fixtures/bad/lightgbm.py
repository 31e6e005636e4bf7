"""Damages models of Fixtures/lightgbm/4.7.0 into files that mlpack refuses."""

import json
import pathlib
import re

here = pathlib.Path(__file__).parent
source = here.parent / "lightgbm" / "4.7.0"
text = (source / "binary.txt").read_text()
categories = (source / "categories.txt").read_text()
document = json.loads((source / "binary.json").read_text())


def field(name, key, value, text=text):
    changed = re.sub(rf"(?m)^{key}=.*$", f"{key}={value}", text, count=1)
    assert changed != text
    (here / f"{name}.txt").write_text(changed)


def first(text, key):
    return re.search(rf"(?m)^{key}=(.*)$", text)[1].split()


left = first(text, "left_child")
field("lightgbm_cyclic", "left_child", " ".join(["0"] + left[1:]))
field("lightgbm_child", "left_child", " ".join(["-77"] + left[1:]))
field("lightgbm_leaves", "num_leaves", "100000000")
field("lightgbm_values", "leaf_value", "0.5")
field("lightgbm_number", "leaf_value", " ".join(["half"] * len(first(text, "leaf_value"))))
field("lightgbm_infinite", "leaf_value", " ".join(["inf"] * len(first(text, "leaf_value"))))
field("lightgbm_feature", "split_feature", " ".join(["8"] * len(left)))
field("lightgbm_decision", "decision_type", " ".join(["12"] * len(left)))
field("lightgbm_objective", "objective", "binary2 sigmoid:1")
field("lightgbm_groups", "num_tree_per_iteration", "4")
boundaries = first(categories, "cat_boundaries")
field("lightgbm_boundaries", "cat_boundaries", " ".join(["5"] + boundaries[1:]), categories)
field("lightgbm_sets", "num_cat", "0", categories)
(here / "lightgbm_truncated.txt").write_text(text[: text.index("end of trees")])
root = document["tree_info"][0]["tree_structure"]
root["right_child"] = {"leaf_index": 0, "leaf_value": 1}
(here / "lightgbm_twice.json").write_text(json.dumps(document))
root["right_child"] = {"leaf_index": 1 << 40, "leaf_value": 1}
(here / "lightgbm_gap.json").write_text(json.dumps(document))
