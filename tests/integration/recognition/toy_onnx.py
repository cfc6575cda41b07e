"""A streaming model of T-one's shape that any machine makes at once: it hears how loud each 30 ms are.

Soft sound is the letter «д», loud sound «а», silence the blank between words; so a soft and then a loud beep say «да».
"""

from pathlib import Path

import onnx
from onnx import TensorProto, helper

LETTERS = ("<blk>", " ", "д", "а")
_SAMPLES, _FRAMES, _STATE = 2400, 10, 1


def make(folder: Path) -> Path:
    """The folder of the model."""
    folder.mkdir()
    constants = [
        helper.make_tensor("rows", TensorProto.INT64, [3], [-1, _FRAMES, _SAMPLES // _FRAMES]),
        helper.make_tensor("axis", TensorProto.INT64, [1], [2]),
        # A straight line per letter over the loudness: the highest wins. 0…300 blank, 300…5000 «д», above «а».
        helper.make_tensor("slopes", TensorProto.FLOAT, [1, 1, 4], [0.0, 0.0, 0.01, 0.02]),
        helper.make_tensor("heights", TensorProto.FLOAT, [1, 1, 4], [0.0, -1000.0, -3.0, -53.0]),
    ]
    nodes = [
        helper.make_node("Cast", ["x"], ["samples"], to=TensorProto.FLOAT),
        helper.make_node("Abs", ["samples"], ["sizes"]),
        helper.make_node("Reshape", ["sizes", "rows"], ["frames"]),
        helper.make_node("ReduceMean", ["frames", "axis"], ["loudness"], keepdims=1),
        helper.make_node("Mul", ["loudness", "slopes"], ["steep"]),
        helper.make_node("Add", ["steep", "heights"], ["scores"]),
        helper.make_node("LogSoftmax", ["scores"], ["log_probs"], axis=2),
        helper.make_node("Identity", ["state"], ["next_state"]),
    ]
    graph = helper.make_graph(
        nodes,
        "toy",
        [
            helper.make_tensor_value_info("x", TensorProto.INT32, ["N", _SAMPLES, 1]),
            helper.make_tensor_value_info("state", TensorProto.FLOAT16, ["N", _STATE]),
        ],
        [
            helper.make_tensor_value_info("log_probs", TensorProto.FLOAT, ["N", _FRAMES, len(LETTERS)]),
            helper.make_tensor_value_info("next_state", TensorProto.FLOAT16, ["N", _STATE]),
        ],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    told = {"frame_length_ms": "300", "state_dim": str(_STATE), "sample_rate": "8000"}
    helper.set_model_props(model, told)
    onnx.checker.check_model(model)
    onnx.save(model, str(folder / "model.onnx"))
    lines = [f"{letter} {number}" for number, letter in enumerate(LETTERS)]
    (folder / "tokens.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
