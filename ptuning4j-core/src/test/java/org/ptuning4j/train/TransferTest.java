package org.ptuning4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PromptTuning;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.StartFrom;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingConfigBuilder;
import org.ptuning4j.train.run.Decision;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/** Starting from the best of several packs. */
class TransferTest {

  @TempDir Path temp;
  private TrainingData data;
  private final List<Decision> decided = new ArrayList<>();
  private final List<String> warned = new ArrayList<>();

  @BeforeEach
  void write() {
    data =
        TrainingData.of(
            TinyModel.data(temp.resolve("train.jsonl"), 64, 1),
            TinyModel.data(temp.resolve("dev.jsonl"), 16, 2));
  }

  private static TrainingConfigBuilder config() {
    return TrainingConfig.builder()
        .method(PTuningV2.asPublished(4))
        .learningRate(1e-2)
        .epochs(4)
        .batching(new FixedBatches(8))
        .dropout(Optional.of(0d))
        .precision(Precision.FP32);
  }

  private TrainingResult run(TrainingConfig config, String out) {
    return new Training(TinyModel.bert(), TinyModel.task(), config)
        .run(
            data,
            temp.resolve(out),
            new TrainingListener() {
              @Override
              public void decided(Decision decision) {
                decided.add(decision);
              }

              @Override
              public void warned(String message) {
                warned.add(message);
              }
            });
  }

  private TrainingConfigBuilder transferring() {
    return config().startFrom(Optional.of(StartFrom.bestIn(temp.resolve("packs"))));
  }

  /** Two earlier runs of the same task: one that hardly moved, one that learnt it. */
  private void earlierPacks() {
    run(config().learningRate(1e-9).seed(5).build(), "packs/idle");
    run(config().learningRate(3e-2).epochs(20).seed(5).build(), "packs/deeper/learnt");
    warned.clear();
  }

  @Test
  void thePackThatHasLearntTheTaskWinsAndTheRunIsThatFromIt() {
    earlierPacks();
    TrainingResult raced = run(transferring().build(), "out");
    Decision last = decided.get(decided.size() - 1);
    assertThat(last.setting()).isEqualTo("start-from");
    assertThat(last.value()).isEqualTo("deeper/learnt");
    assertThat(decided.get(0).reason())
        .contains("of 3 starts", "fresh: ", "idle: ", "deeper/learnt: ");
    assertThat(raced.decisions()).isEqualTo(decided);
    assertThat(raced.settings())
        .containsEntry("start_from", "auto:" + temp.resolve("packs"))
        .containsEntry("seed", 11L);
    run(
        config()
            .startFrom(Optional.of(StartFrom.pack(temp.resolve("packs/deeper/learnt/pack"))))
            .build(),
        "plain");
    RunContents first = RunContents.of(temp.resolve("out"));
    RunContents second = RunContents.of(temp.resolve("plain"));
    assertThat(first.tensors()).isEqualTo(second.tensors());
    assertThat(first.metrics()).isEqualTo(second.metrics());
    assertThat(warned).isEmpty();
  }

  @Test
  void packsThatDoNotFitAreLeftOutAndSaid() {
    earlierPacks();
    run(config().method(PromptTuning.ofLength(4)).build(), "packs/other");
    decided.clear();
    assertThat(run(transferring().build(), "out").finished()).isTrue();
    assertThat(warned)
        .singleElement()
        .asString()
        .contains("1 of 3 packs", "other: ", "do not fit this run");
    assertThat(decided.get(0).reason()).contains("of 3 starts").doesNotContain("other: ");
  }

  @Test
  void morePacksThanTheRunAffordsAreLeftOutAndSaid() throws Exception {
    run(config().epochs(1).build(), "packs/p0");
    for (int i = 1; i < 40; i++) {
      Path copy = temp.resolve("packs/p%d/pack".formatted(i));
      Files.createDirectories(copy);
      for (String file : List.of("prompt.json", "prompt.safetensors")) {
        Files.copy(temp.resolve("packs/p0/pack").resolve(file), copy.resolve(file));
      }
    }
    warned.clear();
    assertThat(run(transferring().build(), "out").finished()).isTrue();
    assertThat(warned).singleElement().asString().contains("of 40 packs race", "left out are");
    int raced = Integer.parseInt(warned.get(0).replaceAll("start-from: (\\d+) of.*", "$1"));
    assertThat(decided.get(0).reason()).contains("of %d starts".formatted(raced + 1));
  }

  @Test
  void theRunsOwnPackIsNoStartOfIt() {
    run(config().epochs(1).build(), "packs/one");
    TrainingConfig config = transferring().build();
    run(config, "packs/out");
    int before = decided.size();
    TrainingResult again =
        new Training(TinyModel.bert(), TinyModel.task(), config)
            .resume(data, temp.resolve("packs/out"), TrainingListener.silent());
    assertThat(again.decisions()).hasSize(before);
    assertThat(again.finished()).isTrue();
  }

  @Test
  void whatCannotBeIsRefusedBeforeAnythingIsTrained() throws Exception {
    Path packs = temp.resolve("packs");
    refused("start-from: the folder " + packs + " does not exist", transferring().build());
    Files.createDirectories(packs);
    refused("start-from: there is no pack in " + packs, transferring().build());
    earlierPacks();
    refused(
        "start-from: no pack in " + packs + " fits this run",
        transferring().method(new HeadOnly()).build());
    refused(
        "start-from: each start would have a learning rate of its own",
        transferring().searchesRate(true).build());
    refused("restarts: start-from auto races", transferring().restarts(2).build());
  }

  private void refused(String message, TrainingConfig config) {
    Path out = temp.resolve("refused");
    assertThatThrownBy(() -> run(config, "refused"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
    assertThat(out.resolve("run.json")).doesNotExist();
  }
}
