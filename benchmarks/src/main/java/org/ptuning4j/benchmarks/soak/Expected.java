package org.ptuning4j.benchmarks.soak;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.PredictorOptions;
import org.ptuning4j.predict.Request;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.tensor.engine.Precision;

/**
 * What each pack answers about each text, asked alone and in another process than the server's.
 *
 * @param texts that are asked about
 * @param probabilities of the labels, by pack and text
 */
record Expected(List<String> texts, List<List<List<Double>>> probabilities) {

  static final List<String> LABELS = List.of("a", "b", "c");

  /** Batches of other sizes round otherwise; packs differ by far more. */
  private static final double TOLERANCE = 1e-4;

  private static final List<String> WORDS =
      List.of(
          "the", "film", "is", "a", "delight", "from", "start", "to", "finish", "and", "its",
          "music", "was", "better", "than", "all", "that", "we", "had", "seen", "before");

  static Expected of(Path model, List<Path> packs, int count) {
    SplittableRandom random = new SplittableRandom(17);
    List<String> texts =
        IntStream.range(0, count).mapToObj(i -> text(random, 3 + random.nextInt(38))).toList();
    List<List<List<Double>>> probabilities = new ArrayList<>();
    try (Predictor predictor =
        Predictor.open(model, PredictorOptions.standard().withPrecision(Precision.FP32))) {
      for (Path pack : packs) {
        predictor.add("pack", pack);
        List<List<Double>> ofPack = new ArrayList<>();
        for (String text : texts) {
          LabelAnswer answer = (LabelAnswer) predictor.answer(Request.of("pack", text));
          ofPack.add(LABELS.stream().map(label -> answer.probabilities().get(label)).toList());
        }
        probabilities.add(ofPack);
      }
    }
    return new Expected(texts, probabilities);
  }

  private static String text(SplittableRandom random, int words) {
    return random
        .ints(words, 0, WORDS.size())
        .mapToObj(WORDS::get)
        .collect(Collectors.joining(" "));
  }

  /** Whether an answer is what a pack says about a text. */
  boolean isOf(int pack, int text, JsonNode answer) {
    JsonNode found = answer.at("/probabilities");
    for (int i = 0; i < LABELS.size(); i++) {
      double expected = probabilities.get(pack).get(text).get(i);
      if (!(Math.abs(found.at("/" + LABELS.get(i)).asDouble(-1) - expected) < TOLERANCE)) {
        return false;
      }
    }
    return true;
  }
}
