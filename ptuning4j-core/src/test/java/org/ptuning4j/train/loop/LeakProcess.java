package org.ptuning4j.train.loop;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.pack.TestPacks;
import org.ptuning4j.pack.TestPacks.Form;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Machine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

/** Does one thing many times and prints what memory it holds, ten times on its way. */
public final class LeakProcess {

  static final int MEASUREMENTS = 10;

  private final int count;

  private LeakProcess(int count) {
    this.count = count;
  }

  /** Arguments: what to do, how often, and a folder for files. */
  public static void main(String[] arguments) {
    new LeakProcess(Integer.parseInt(arguments[1])).repeat(arguments[0], Path.of(arguments[2]));
  }

  private void repeat(String what, Path folder) {
    switch (what) {
      case "steps" -> steps(PTuningV2.asPublished(4));
      case "projection" ->
          steps(
              new PTuningV2(
                  4,
                  LayerRange.all(),
                  Optional.of(16),
                  0.1,
                  PositionConvention.SHIFTED,
                  NormalInitialisation.NORMAL));
      case "run" -> run(folder);
      default -> predictions(folder);
    }
  }

  private void steps(PTuningV2 method) {
    try (Backbone backbone = backbone()) {
      SmallRun.steps(backbone, method, count, this::measure);
    }
  }

  /** A whole run, with its evaluations and checkpoints. */
  private void run(Path folder) {
    TrainingConfig config =
        TrainingConfig.builder()
            .method(PTuningV2.asPublished(4))
            .learningRate(1e-3)
            .batching(new FixedBatches(4))
            .epochs(count / 20)
            .dropout(Optional.of(0.1))
            .precision(Precision.FP32)
            .build();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void stepped(Step step) {
            measure(step.step());
          }
        };
    new Training(TinyModel.bert(), TinyModel.task(), config)
        .run(
            TrainingData.of(
                TinyModel.data(folder.resolve("train.jsonl"), 80, 1),
                TinyModel.data(folder.resolve("dev.jsonl"), 8, 2)),
            folder.resolve("run"),
            listener);
  }

  /** Predictions of several tasks over texts of all lengths, while packs come and go. */
  private void predictions(Path folder) {
    try (Backbone backbone = backbone()) {
      TestPacks packs = new TestPacks(backbone);
      packs.save(folder.resolve("stays"), Form.ofLength(3), 1);
      packs.save(
          folder.resolve("changes"),
          new Form(9, "top:2", PositionConvention.UNSHIFTED, SequenceInput.DENSE, 3, false),
          2);
      packs.saveFineTuned(folder.resolve("tuned"), TinyModel.bert(), 3);
    }
    RandomStream random = RandomStream.of(5);
    try (Predictor predictor = Predictor.open(TinyModel.bert(), Precision.FP32)) {
      predictor.add("stays", folder.resolve("stays"));
      for (int i = 1; i <= count; i++) {
        if (i % 50 == 1) {
          predictor.remove("changes");
          predictor.add("changes", folder.resolve("changes"));
          predictor.add("tuned", folder.resolve("tuned"));
        }
        List<Request> requests = new ArrayList<>();
        requests.add(Request.of("stays", text(random)));
        if (i % 3 == 0) {
          requests.add(Request.of("changes", text(random)));
        }
        if (i % 7 == 0) {
          requests.add(Request.of("tuned", text(random)));
        }
        predictor.answer(requests).forEach(each -> each.orElseThrow());
        measure(i);
      }
    }
  }

  private static String text(RandomStream random) {
    return "the lazy fox ".repeat(1 + random.nextInt(20));
  }

  private static Backbone backbone() {
    return BackboneFamilies.standard().load(ModelFolder.open(TinyModel.bert()), Engine.reference());
  }

  private void measure(int done) {
    if (done % (count / MEASUREMENTS) != 0) {
      return;
    }
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    System.out.printf(
        Locale.ROOT,
        "memory %d %d %d %d %d%n",
        done,
        Machine.residentBytes(),
        runtime.totalMemory() - runtime.freeMemory(),
        Pointer.totalBytes(),
        Pointer.totalCount());
  }
}
