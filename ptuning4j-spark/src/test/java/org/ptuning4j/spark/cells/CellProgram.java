package org.ptuning4j.spark.cells;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.prompt.method.PromptMethods;
import org.ptuning4j.study.run.CellProcess;
import org.ptuning4j.study.run.LocalCells;
import org.ptuning4j.study.run.StudyRun;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.config.TrainingConfig;

/** A program that trains a cell as {@code ptune} does: MODEL TRAIN DEV METHOD SEED. */
final class CellProgram {

  private CellProgram() {}

  public static void main(String[] arguments) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    new CellProcess(System.in, out).train(new LocalCells(), run(List.of(arguments)));
  }

  static StudyRun run(List<String> arguments) {
    TrainingConfig config =
        TrainingConfig.builder()
            .method(PromptMethods.standard().create(arguments.get(3), Map.of()))
            .epochs(2)
            .seed(Long.parseLong(arguments.get(4)))
            .precision(Precision.FP32)
            .build();
    return new StudyRun(
        arguments.get(3),
        "toy",
        Map.of(),
        Path.of(arguments.get(0)),
        SequenceClassificationTask.onText("toy", Template.parse("{sentence}"), "answer_is"),
        TrainingData.of(Path.of(arguments.get(1)), Path.of(arguments.get(2))),
        config,
        Optional.empty());
  }
}
