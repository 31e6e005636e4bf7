"""Damages models of Fixtures/catboost/1.2.10 into files that mlpack refuses."""

import json
import pathlib
import struct

here = pathlib.Path(__file__).parent
source = here.parent / "catboost" / "1.2.10"


def change(name, case, edit):
    document = json.loads((source / f"{case}.json").read_text())
    edit(document)
    (here / f"catboost_{name}.json").write_text(json.dumps(document))


def first(document):
    return document["oblivious_trees"][0]


def cut(document):
    next(iter(document["ctr_data"].values()))["hash_map"].pop()


change("loss", "RMSE", lambda d: d["model_info"]["params"]["loss_function"].update(type="Unknown"))
change("text", "RMSE", lambda d: d["features_info"].update(text_features=[{"feature_index": 0}]))
change("values", "RMSE", lambda d: first(d)["leaf_values"].pop())
change("feature", "RMSE", lambda d: first(d)["splits"][0].update(float_feature_index=77))
change("column", "RMSE", lambda d: d["features_info"]["float_features"][0].update(flat_feature_index=1 << 30))
change("split", "counts", lambda d: first(d)["splits"][0].update(split_type="Estimated"))
change("question", "counts", lambda d: first(d)["splits"][0].update(split_index=0, split_type="OnlineCtr"))
change("rows", "counts", cut)
change("texts", "one_hot", lambda d: d["features_info"].pop("cat_features_hash"))
change("labels", "multiclass", lambda d: d["model_info"]["class_params"]["class_names"].pop())
change("leaf", "depthwise", lambda d: d["trees"][0].update(left={"value": [1, 2]}))
change("bias", "RMSE", lambda d: d.update(scale_and_bias=[1, []]))

binary = (source / "binary.cbm").read_bytes()
(here / "catboost_truncated.cbm").write_bytes(binary[:100])
(here / "catboost_root.cbm").write_bytes(binary[:8] + struct.pack("<I", 1 << 30) + binary[12:])
