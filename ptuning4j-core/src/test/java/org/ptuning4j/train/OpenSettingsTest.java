package org.ptuning4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.TinyModel;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.PackFacts;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.method.FullFineTuning;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PromptMethods;
import org.ptuning4j.prompt.module.PrefixAttention;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingConfigBuilder;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/** What a run decides where its settings leave it open, with data and model before it. */
class OpenSettingsTest {

  @TempDir private Path temp;

  private final List<String> said = new ArrayList<>();

  /** Four layers, trained to embed whole texts. */
  private Path embeddingModel() throws IOException {
    Path folder = plainModel();
    Path pooling = Files.createDirectories(folder.resolve("1_Pooling"));
    Files.writeString(pooling.resolve("config.json"), "{\"pooling_mode_mean_tokens\": true}");
    return folder;
  }

  private Path plainModel() {
    TinyFamily bert = new TinyFamily("bert");
    return bert.write(
            temp, bert.configuration().replace("hidden_layers\": 2", "hidden_layers\": 4"))
        .path();
  }

  private static TrainingConfigBuilder config() {
    return TrainingConfig.builder()
        .method(PTuningV2.asPublished(2))
        .epochs(1)
        .precision(Precision.FP32);
  }

  private static PTuningV2 in(String layers) {
    return new PTuningV2(
        2,
        new LayerRange(layers),
        Optional.empty(),
        0,
        PositionConvention.UNSHIFTED,
        NormalInitialisation.UNIT_NORMAL);
  }

  private Path tags() throws IOException {
    return Files.writeString(temp.resolve("tags.conll"), RunTextsTest.ENTITIES);
  }

  private PackFacts tagged(Path model, TrainingConfig config, String name) throws IOException {
    return train(model, Tasks.standard().get("conll03"), tags(), config, name);
  }

  private PackFacts train(Path model, Task<?> task, Path file, TrainingConfig config, String name) {
    said.clear();
    TrainingResult result =
        new Training(model, task, config)
            .run(
                TrainingData.of(file, file),
                temp.resolve(name),
                new TrainingListener() {
                  @Override
                  public void noted(String remark) {
                    said.add(remark);
                  }
                });
    assertThat(result.steps()).isPositive();
    return Pack.open(temp.resolve(name).resolve("pack")).facts();
  }

  @Test
  void tagsAreReadBelowTheLastLayerOfAModelThatEmbedsTexts() throws IOException {
    Path model = embeddingModel();
    assertThat(tagged(model, config().build(), "auto").backbone().readLayer()).isEqualTo(3);
    assertThat(said)
        .contains(
            "1_Pooling/config.json: the model was trained to embed whole texts; tags are read at"
                + " layer 3 of 4");
    assertThat(tagged(plainModel(), config().build(), "plain").backbone().readLayer()).isNull();
    assertThat(said).noneMatch(each -> each.startsWith("1_Pooling"));
  }

  /** It is the same run as with the layer named, to the bit. */
  @Test
  void itsPackIsThatOfTheNamedLayer() throws IOException {
    Path model = embeddingModel();
    tagged(model, config().build(), "auto");
    tagged(model, config().readLayer(Optional.of(3)).build(), "named");
    assertThat(Files.readAllBytes(temp.resolve("auto/pack/prompt.safetensors")))
        .isEqualTo(Files.readAllBytes(temp.resolve("named/pack/prompt.safetensors")));
  }

  @Test
  void whatIsAskedForWins() throws IOException {
    Path model = embeddingModel();
    TrainingConfig last = config().readLayer(Optional.of(4)).build();
    assertThat(tagged(model, last, "last").backbone().readLayer()).isNull();
    TrainingConfig upper = config().method(in("4")).build();
    assertThat(tagged(model, upper, "upper").backbone().readLayer()).isNull();
    TrainingConfig top = config().method(in("top:1")).build();
    PackFacts cut = tagged(model, top, "top");
    assertThat(cut.backbone().readLayer()).isEqualTo(3);
    assertThat(cut.prompt()).containsEntry("layers", List.of(3));
  }

  @Test
  void wholeTextsAndTrainedModelsUseAllLayers() throws IOException {
    Path model = embeddingModel();
    Path rows = TinyModel.data(temp.resolve("rows.jsonl"), 12, 1);
    PackFacts texts = train(model, TinyModel.task(), rows, config().build(), "texts");
    assertThat(texts.backbone().readLayer()).isNull();
    TrainingConfig full = config().method(new FullFineTuning()).learningRate(1e-4).build();
    assertThat(tagged(model, full, "full").backbone().readLayer()).isNull();
  }

  /** Recorded as what it came to, so that no other version makes something else of it. */
  @ParameterizedTest
  @CsvSource({"bert, separate, deep-separate", "gpt2, joint, deep"})
  void theSoftmaxOfAPromptIsThatOfTheModel(String model, String softmax, String form) {
    Path rows = TinyModel.data(temp.resolve("rows.jsonl"), 12, 1);
    TrainingConfig open = config().method(PTuningV2.ofLength(2)).build();
    assertThat(open.openRules(false)).contains("prefix_softmax: separate for encoders");
    PackFacts facts = train(TinyModel.folder(model), TinyModel.task(), rows, open, model);
    assertThat(facts.settings()).containsEntry("prefix_softmax", softmax);
    assertThat(facts.prompt()).containsEntry("form", form);
    assertThat(config().build().openRules(false)).doesNotContain("prefix_softmax");
  }

  /** The settings of earlier versions know one softmax. */
  @Test
  void aRunOfAnEarlierVersionGoesOnWithOneSoftmax() throws IOException {
    Path rows = TinyModel.data(temp.resolve("rows.jsonl"), 12, 1);
    TrainingConfig usual = config().method(PTuningV2.ofLength(2)).epochs(2).build();
    TrainingConfig joint =
        usual.toBuilder().method(PTuningV2.ofLength(2).with(PrefixAttention.plain())).build();
    train(
        TinyModel.bert(),
        TinyModel.task(),
        rows,
        joint.toBuilder().stopAfter(Optional.of(1)).build(),
        "earlier");
    Path record = temp.resolve("earlier/run.json");
    String known = Files.readString(record);
    String earlier = known.replaceFirst("\\s*\"prefix_softmax\" : \"joint\",", "");
    assertThat(earlier).isNotEqualTo(known);
    Files.writeString(record, earlier);
    TrainingData data = TrainingData.of(rows, rows);
    Path run = temp.resolve("earlier");
    Training otherwise = new Training(TinyModel.bert(), TinyModel.task(), usual);
    assertThatThrownBy(() -> otherwise.resume(data, run, TrainingListener.silent()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "prefix_softmax is not recorded there (by an earlier version, which had joint), is"
                + " \"separate\"");
    assertThat(
            new Training(TinyModel.bert(), TinyModel.task(), joint)
                .resume(data, run, TrainingListener.silent())
                .finished())
        .isTrue();
  }

  /** 12 rows, two to a batch: 1,000 steps would be 167 epochs. */
  @ParameterizedTest
  @CsvSource({"2, 1, 30", "1, 6, 30", "12, 1, 30"})
  void fewRowsArePassedThirtyTimes(int batch, int accumulation, int epochs) {
    TrainingConfig config =
        TrainingConfig.builder()
            .method(new HeadOnly())
            .learningRate(1e-2)
            .batching(new FixedBatches(batch))
            .accumulation(accumulation)
            .build();
    Path rows = TinyModel.data(temp.resolve("rows.jsonl"), 12, 1);
    TrainingResult result =
        new Training(TinyModel.bert(), TinyModel.task(), config)
            .run(TrainingData.of(rows, rows), temp.resolve("few"), TrainingListener.silent());
    assertThat(result.settings()).containsEntry("epochs", epochs);
  }

  /** What counts is steps: fewer epochs of more data, never fewer than three. */
  @ParameterizedTest
  @CsvSource({
    "1, p-tuning-v2, 30",
    "33, p-tuning-v2, 30",
    "100, p-tuning-v2, 10",
    "1000, p-tuning-v2, 3",
    "1, full-fine-tuning, 10",
    "300, full-fine-tuning, 4",
    "1000, full-fine-tuning, 3"
  })
  void epochsFitTheData(int batches, String method, int epochs) {
    TrainingConfigBuilder builder =
        method.equals("p-tuning-v2")
            ? TrainingConfig.builder()
            : TrainingConfig.builder().method(new FullFineTuning());
    assertThat(builder.build().over(batches).allEpochs()).isEqualTo(epochs);
    assertThat(builder.accumulation(batches).build().over(batches).epochs())
        .isEqualTo(builder.build().over(1).epochs());
    assertThat(builder.epochs(7).build().over(batches).allEpochs()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource({"p-tuning-v2, 0.01, 0.02", "full-fine-tuning, 1e-4, 1e-4", "head-only, 0.01, 0.01"})
  void theRateIsTheUsualOneOfMethodAndTask(String name, double texts, double words) {
    PromptMethod method = PromptMethods.standard().create(name, Map.of());
    Tasks tasks = Tasks.standard();
    assertThat(TrainingConfig.builder().method(method, tasks.get("cb")).build().learningRate())
        .isEqualTo(texts);
    for (String tagged : List.of("conll03", "srl")) {
      TrainingConfig config = TrainingConfig.builder().method(method, tasks.get(tagged)).build();
      assertThat(config.learningRate()).isEqualTo(words);
      assertThat(config.maxLength()).isEqualTo(tasks.get(tagged).truncation().maxLength());
    }
  }
}
