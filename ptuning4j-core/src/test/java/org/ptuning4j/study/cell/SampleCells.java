package org.ptuning4j.study.cell;

import java.util.List;
import java.util.Map;

/** Cells for the tests of tables and charts. */
public final class SampleCells {

  private SampleCells() {}

  public static Cell.Finished cell(
      String method, String task, long seed, double value, Map<String, String> settings) {
    boolean frozen = !method.equals("full-fine-tuning");
    return new Cell.Finished(
        method,
        task,
        seed,
        settings,
        "accuracy",
        value,
        Map.of("accuracy", value, "macro_f1", 0.5),
        frozen ? 983_040 : 335_141_888,
        335_141_888,
        60.04 + seed,
        frozen ? 1_610_612_736L : 4_294_967_296L,
        frozen,
        List.of(new CurvePoint(1, 10, value / 2, 0.7), new CurvePoint(2, 20, value, 0.4)),
        "runs/" + method + "-" + seed);
  }

  public static Cell.Finished cell(String method, String task, long seed, double value) {
    return cell(method, task, seed, value, Map.of());
  }

  public static Cell.Failed failed(String method, String task, long seed, String cause) {
    return new Cell.Failed(method, task, seed, Map.of(), cause, "");
  }
}
