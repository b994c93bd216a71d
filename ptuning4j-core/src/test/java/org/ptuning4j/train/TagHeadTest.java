package org.ptuning4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.head.TagHead;
import org.ptuning4j.pack.Ensemble;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.PackFacts;
import org.ptuning4j.pack.peft.PeftExport;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.prompt.method.FullFineTuning;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.task.tagging.EntityAnswer;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingConfigBuilder;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/** Runs with either head over tags. */
class TagHeadTest {

  @TempDir private Path temp;

  private TrainingData data;

  @BeforeEach
  void data() throws IOException {
    Path file = Files.writeString(temp.resolve("tags.conll"), RunTextsTest.ENTITIES);
    data = TrainingData.of(file, file);
  }

  private static TrainingConfigBuilder config() {
    return TrainingConfig.builder()
        .method(PTuningV2.asPublished(2))
        .learningRate(1e-2)
        .epochs(2)
        .precision(Precision.FP32);
  }

  private PackFacts run(TrainingConfig config, String name) {
    new Training(TinyModel.bert(), Tasks.standard().get("conll03"), config)
        .run(data, temp.resolve(name), TrainingListener.silent());
    return Pack.open(temp.resolve(name).resolve("pack")).facts();
  }

  private byte[] tensors(String name) throws IOException {
    return Files.readAllBytes(temp.resolve(name).resolve("pack/prompt.safetensors"));
  }

  @Test
  void wholeSequencesAreLearntUnlessToldOtherwise() {
    assertThat(run(config().build(), "usual").head()).containsEntry("kind", "crf");
    assertThat(run(config().tagHead(Optional.of(TagHead.SOFTMAX)).build(), "each").head())
        .containsEntry("kind", "token");
    TrainingConfig tuned = config().method(new FullFineTuning()).learningRate(1e-4).build();
    assertThat(run(tuned, "tuned").head()).containsEntry("kind", "token");
  }

  @Test
  void anInterruptedRunGoesOnToTheSameTransitions() throws IOException {
    TrainingConfig config = config().build();
    run(config, "whole");
    Path parts = temp.resolve("parts");
    TrainingConfig first = config.toBuilder().stopAfter(Optional.of(1)).build();
    Training training = new Training(TinyModel.bert(), Tasks.standard().get("conll03"), first);
    training.run(data, parts, TrainingListener.silent());
    new Training(TinyModel.bert(), Tasks.standard().get("conll03"), config)
        .resume(data, parts, TrainingListener.silent());
    assertThat(tensors("parts")).isEqualTo(tensors("whole"));
  }

  /** R-Drop compares each word's own tags; α = 0 is the plain run. */
  @Test
  void passesAreComparedButTargetsAreNotSmoothed() throws IOException {
    TrainingConfig dropping = config().dropout(Optional.of(0.3)).build();
    run(dropping, "plain");
    run(dropping.toBuilder().rDrop(4).build(), "compared");
    assertThat(tensors("compared")).isNotEqualTo(tensors("plain"));
    TrainingConfig smoothed = config().labelSmoothing(0.1).build();
    assertThatThrownBy(() -> run(smoothed, "smoothed"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "label-smoothing: the loss of task 'conll03' is not cross-entropy over classes, and"
                + " only such ones are smoothed; leave it out, or set tag-head to softmax");
    run(smoothed.toBuilder().tagHead(Optional.of(TagHead.SOFTMAX)).build(), "each");
  }

  @Test
  void packsOfBothKindsAreNoEnsemble() {
    run(config().build(), "usual");
    run(config().tagHead(Optional.of(TagHead.SOFTMAX)).build(), "each");
    List<Pack> packs =
        Stream.of("usual", "each")
            .map(name -> Pack.open(temp.resolve(name).resolve("pack")))
            .toList();
    try (TextTokenizer tokenizer = TextTokenizer.open(TinyModel.bert())) {
      assertThatThrownBy(() -> Ensemble.of(packs, tokenizer))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("another kind of head")
          .hasMessageContaining("(token, crf)");
    }
  }

  @Test
  void aPackWithTransitionsIsNotExportedToPeft() {
    run(config().build(), "usual");
    ModelFolder model = ModelFolder.open(TinyModel.bert());
    try (Backbone backbone = BackboneFamilies.standard().load(model, Engine.reference())) {
      Pack pack = Pack.open(temp.resolve("usual/pack"));
      PeftExport export = new PeftExport(pack, backbone, model);
      assertThatThrownBy(() -> export.write(temp.resolve("peft")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("scores for a tag behind another")
          .hasMessageContaining("tag-head softmax");
      assertThat(temp.resolve("peft")).doesNotExist();
    }
  }

  /** One training with other settings is enough. */
  @Test
  void allThatIsInTheWayOfAnExportIsSaidAtOnce() {
    run(config().method(PTuningV2.ofLength(2)).build(), "defaults");
    ModelFolder model = ModelFolder.open(TinyModel.bert());
    try (Backbone backbone = BackboneFamilies.standard().load(model, Engine.reference())) {
      PeftExport export = new PeftExport(Pack.open(temp.resolve("defaults/pack")), backbone, model);
      assertThatThrownBy(() -> export.write(temp.resolve("peft")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("tag-head softmax; its texts keep their positions")
          .hasMessageContaining("train it with positions shifted")
          .hasMessageContaining("train it with prefix-softmax joint");
    }
  }

  /** Its settings know of no head over tags: there was one kind. */
  @Test
  void aRunOfAnEarlierVersionGoesOnWithTheHeadThatItHas() throws IOException {
    TrainingConfig each = config().tagHead(Optional.of(TagHead.SOFTMAX)).build();
    run(each.toBuilder().stopAfter(Optional.of(1)).build(), "earlier");
    Path record = temp.resolve("earlier/run.json");
    String known = Files.readString(record);
    String earlier = known.replaceFirst("\\s*\"tag_head\" : \"softmax\",", "");
    assertThat(earlier).isNotEqualTo(known);
    Files.writeString(record, earlier);
    Training usual =
        new Training(TinyModel.bert(), Tasks.standard().get("conll03"), config().build());
    assertThatThrownBy(() -> usual.resume(data, temp.resolve("earlier"), TrainingListener.silent()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "tag_head is not recorded there (by an earlier version, which had softmax), is"
                + " \"crf\"");
    TrainingResult result =
        new Training(TinyModel.bert(), Tasks.standard().get("conll03"), each)
            .resume(data, temp.resolve("earlier"), TrainingListener.silent());
    assertThat(result.finished()).isTrue();
  }

  /** A task without tags has no such head, in either version. */
  @Test
  void aRunWithoutTagsGoesOnFromAnEarlierVersionAsItIs() throws IOException {
    Path file = temp.resolve("texts.tsv");
    TinyModel.data(file, 8, 1);
    TrainingData texts = TrainingData.of(file, file);
    TrainingConfig whole = config().build();
    new Training(
            TinyModel.bert(), TinyModel.task(), whole.toBuilder().stopAfter(Optional.of(1)).build())
        .run(texts, temp.resolve("texts"), TrainingListener.silent());
    Path record = temp.resolve("texts/run.json");
    String known = Files.readString(record);
    String earlier = known.replaceFirst("\\s*\"tag_head\" : null,", "");
    assertThat(earlier).isNotEqualTo(known);
    Files.writeString(record, earlier);
    assertThat(
            new Training(TinyModel.bert(), TinyModel.task(), whole)
                .resume(texts, temp.resolve("texts"), TrainingListener.silent())
                .finished())
        .isTrue();
    TrainingConfig asked = whole.toBuilder().tagHead(Optional.of(TagHead.CRF)).build();
    assertThatThrownBy(
            () ->
                new Training(TinyModel.bert(), TinyModel.task(), asked)
                    .run(texts, temp.resolve("asked"), TrainingListener.silent()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("tag-head: task")
        .hasMessageContaining("gives words no tags");
    assertThat(temp.resolve("asked/run.json")).doesNotExist();
  }

  /** A pack twice is that pack; its transitions are what it answers with. */
  @Test
  void anEnsembleAveragesTransitionsToo() {
    run(config().learningRate(0.3).epochs(6).build(), "usual");
    Pack pack = Pack.open(temp.resolve("usual/pack"));
    try (TextTokenizer tokenizer = TextTokenizer.open(TinyModel.bert())) {
      Ensemble ensemble = Ensemble.of(List.of(pack, pack), tokenizer);
      ensemble.save(temp.resolve("twice"), ensemble.task(), Map.of());
    }
    try (Predictor predictor = Predictor.open(TinyModel.bert(), Precision.FP32)) {
      predictor.add("once", temp.resolve("usual/pack"));
      predictor.add("twice", temp.resolve("twice"));
      String text = "He met Ada Lovelace in Rome";
      EntityAnswer once = (EntityAnswer) predictor.answer(Request.of("once", text));
      EntityAnswer twice = (EntityAnswer) predictor.answer(Request.of("twice", text));
      assertThat(once.tags()).contains("B-PER");
      assertThat(twice.tags()).isEqualTo(once.tags());
      for (int i = 0; i < once.entities().size(); i++) {
        assertThat(twice.entities().get(i).probability())
            .isCloseTo(once.entities().get(i).probability(), within(1e-5));
      }
    }
  }
}
