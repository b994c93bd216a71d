package org.ptuning4j.search;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.ptuning4j.data.Example;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.tensor.engine.Precision;

/** Measures how long the packs of trials take to answer one text. */
public final class Latency {

  private static final String NAME = "trial";

  /** Rounds over the examples; the first warms up and does not count. */
  private static final int ROUNDS = 3;

  private Latency() {}

  /**
   * The median milliseconds of a prediction, for each pack.
   *
   * @param model the model's folder
   * @param packs by the number of their trial; one that is not there is left out
   * @param examples what is asked, one by one
   * @param stop when to leave out the rest
   */
  public static Map<Integer, Double> measure(
      Path model,
      Precision precision,
      Map<Integer, Path> packs,
      List<? extends Example> examples,
      BooleanSupplier stop) {
    Map<Integer, Double> millis = new LinkedHashMap<>();
    try (Predictor predictor = Predictor.open(model, precision)) {
      for (Map.Entry<Integer, Path> pack : packs.entrySet()) {
        if (!stop.getAsBoolean() && Files.isDirectory(pack.getValue())) {
          predictor.add(NAME, pack.getValue());
          millis.put(pack.getKey(), median(predictor, examples));
          predictor.remove(NAME);
        }
      }
    }
    return millis;
  }

  private static double median(Predictor predictor, List<? extends Example> examples) {
    List<Double> all = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (Example example : examples) {
        long start = System.nanoTime();
        predictor.answer(List.of(Request.of(NAME, example)));
        if (round > 0) {
          all.add((System.nanoTime() - start) / 1e6);
        }
      }
    }
    all.sort(Double::compare);
    return all.isEmpty() ? Double.NaN : all.get(all.size() / 2);
  }
}
