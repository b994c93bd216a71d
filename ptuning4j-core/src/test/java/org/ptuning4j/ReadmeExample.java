package org.ptuning4j;

import java.nio.file.Path;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

/** The Java example of README.md, which shows the class below line for line. */
public final class ReadmeExample {

  static Answer trainAndPredict(Path model, Path train, Path dev, Path out, String text) {
    var task = SequenceClassificationTask.onText("reviews", Template.column("text"), "label");
    var method = PTuningV2.ofLength(20);
    var config = TrainingConfig.builder().method(method).learningRate(1e-2).epochs(10).build();
    var training = new Training(model, task, config);
    var result = training.run(TrainingData.of(train, dev), out, TrainingListener.silent());
    System.out.println(result.trainableParameters() + " values trained; on dev: " + result.best());

    try (Predictor predictor = Predictor.open(model)) {
      predictor.add("reviews", out.resolve("pack"));
      return predictor.answer(Request.of("reviews", text));
    }
  }
}
