package org.ptuning4j;

import java.nio.file.Path;
import java.util.List;
import org.ptuning4j.generate.Continuation;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.predict.Evaluator;
import org.ptuning4j.predict.Generator;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.task.generation.GenerationTask;
import org.ptuning4j.task.generation.LikelihoodTask;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

public final class WritingExample {

  /** Rows have a source and a target; the pack is OUT/pack. */
  static void train(Path model, Path train, Path dev, Path out) {
    var method = PTuningV2.ofLength(20);
    var config = TrainingConfig.builder().method(method).packing(true).build();
    var training = new Training(model, GenerationTask.standard(), config);
    training.run(TrainingData.of(train, dev), out, TrainingListener.silent());
  }

  /** What the model writes by itself, and with a pack, shown as it is written. */
  static List<Continuation> write(Path model, Path pack, String text) {
    try (Generator generator = Generator.open(model)) {
      Continuation plain = generator.generate(text, GenerationSettings.greedy());
      System.out.println(text + plain.text() + " (" + plain.ending().label() + ")");

      generator.add("tables", pack);
      return generator.generate(
          Request.of("tables", text),
          GenerationSettings.sampled(0.8, 7).withTopP(0.9).withMaxNewTokens(40),
          (request, sequence, added) -> System.out.print(added));
    }
  }

  /** Last-word accuracy and perplexity of the model as it is, on passages in the column text. */
  static double lastWords(Path model, Path passages) {
    try (Predictor predictor = Predictor.open(model)) {
      LikelihoodTask task = LikelihoodTask.lambada();
      predictor.addUntrained("lambada", task);
      var report = Evaluator.evaluate(predictor, "lambada", task.read(passages).examples());
      System.out.println(report.scores().metrics());
      return report.scores().metrics().get("accuracy");
    }
  }
}
