package org.ptuning4j.task.cloze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.head.CandidateHeadSpec;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.VerbalizerHeadSpec;
import org.ptuning4j.hub.Models;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.lama.LamaTask;
import org.ptuning4j.task.standard.TaskKinds;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/** Tasks put as clozes. */
public class ClozeTaskTest {

  private static final TextTokenizer BERT = TextTokenizer.open(Models.resolve("bert-mini"));
  private static final ItemEncoder ENCODER = new ItemEncoder(BERT, 64);
  private static final HeadOptions NO_OPTIONS = new HeadOptions(null, Optional.empty(), 0);
  private static final TextExample FILM = new TextExample(1, "A fine film.", null, "1");

  @AfterAll
  static void close() {
    BERT.close();
  }

  @Test
  void wordsOfOneTokenMakeAVerbalizer() {
    ClozeTask<TextExample> task = ClozeTask.of(sst2()).on(BERT);

    HeadSpec head = task.head(NO_OPTIONS);
    Item item = task.items(FILM, ENCODER).get(0);

    assertThat(head)
        .isEqualTo(
            new VerbalizerHeadSpec(List.of(List.of(id("terrible")), List.of(id("great"))), false));
    assertThat(item.rows()).hasSize(1);
    assertThat(item.target()).containsExactly(1);
    TokenRow row = item.rows().get(0);
    assertThat(row.ids()[row.anchor()]).isEqualTo(BERT.maskId().getAsInt());
    assertThat(task.softTokens()).isEqualTo(3);
    assertThat(task.hasTemplate()).isTrue();
    assertThat(task.withoutSoftTokens().softTokens()).isZero();
    assertThat(task.withoutSoftTokens().head(NO_OPTIONS)).isEqualTo(head);
  }

  @Test
  void labelProbabilitiesAreTheSoftmaxOfTheLabelsScores() {
    ClozeTask<TextExample> task = ClozeTask.of(sst2()).on(BERT);
    float[] scores = {0, (float) Math.log(3)};

    LabelAnswer answer =
        (LabelAnswer) task.answer(FILM, task.items(FILM, ENCODER), List.of(scores));

    assertThat(answer.label()).isEqualTo("1");
    assertThat(answer.name()).isEqualTo("positive");
    assertThat(answer.probabilities().get("1")).isCloseTo(0.75, within(1e-6));
    assertThat(task.score(List.of(FILM), List.of(answer)).metrics()).containsEntry("accuracy", 1.0);
  }

  @Test
  void longerWordsMakeARowEachAndTheirProbabilitiesAreSummed() {
    List<String> good = List.of("great", "very well made");
    ClozeTask<TextExample> task = sst2(Map.of("0", List.of("terrible"), "1", good)).on(BERT);

    Item item = task.items(FILM, ENCODER).get(0);
    LabelAnswer answer =
        (LabelAnswer) task.answer(FILM, List.of(item), List.of(new float[] {0, 0, 0}));

    assertThat(task.head(NO_OPTIONS)).isInstanceOf(CandidateHeadSpec.class);
    assertThat(item.rows()).hasSize(3);
    assertThat(item.counts()).containsExactly(1, 1, 3);
    assertThat(item.words())
        .containsExactly(id("terrible"), id("great"), id("very"), id("well"), id("made"));
    assertThat(item.target()).containsExactly(1);
    assertThat(answer.probabilities().get("1")).isCloseTo(2 / 3.0, within(1e-6));
  }

  @Test
  void candidatesOfAnExampleAreRowsWithAsManyMasksAsTokens() {
    ClozeTask<Choice> task =
        ClozeTask.of(new ChoiceBase(), Clozes.of("copa").orElseThrow()).on(BERT);
    Choice choice = new Choice(1, "My body cast a shadow because", "The sun was rising.", "Rain.");

    Item item = task.items(choice, ENCODER).get(0);

    assertThat(task.head(NO_OPTIONS))
        .isEqualTo(new CandidateHeadSpec(CandidateHeadSpec.Length.MEAN));
    assertThat(item.rows()).hasSize(2);
    assertThat(item.counts()).containsExactly(4, 1); // the template has the full stop
    assertThat(item.words())
        .containsExactly(id("the"), id("sun"), id("was"), id("rising"), id("rain"));
    assertThat(item.target()).containsExactly(1);
    int read = 0;
    for (int row = 0; row < 2; row++) {
      TokenRow tokens = item.rows().get(row);
      assertThat(tokens.anchor()).isEqualTo(item.reads()[read]);
      for (int i = 0; i < item.counts()[row]; i++) {
        assertThat(tokens.ids()[item.reads()[read++]]).isEqualTo(BERT.maskId().getAsInt());
      }
    }
    Answer answer = task.answer(choice, List.of(item), List.of(new float[] {2, 1}));
    assertThat(answer.text()).isEqualTo("0");
  }

  @Test
  void calibrationHasAnInputWithoutContent() {
    ClozeTask<TextExample> task = ClozeTask.of(sst2()).on(BERT);

    assertThat(task.contentFree(ENCODER)).isEmpty();
    List<Item> items = task.calibrated().contentFree(ENCODER);
    assertThat(items).hasSize(1);
    assertThat(items.get(0).hasTarget()).isFalse();
    int[] ids = items.get(0).rows().get(0).ids();
    assertThat(BERT.decode(ids)).startsWith("n / a it was");
    assertThat(((VerbalizerHeadSpec) task.calibrated().head(NO_OPTIONS)).calibrated()).isTrue();
    Map<String, List<String>> longer = Map.of("0", List.of("not good"), "1", List.of("great"));
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> sst2(longer).calibrated().on(BERT))
        .withMessageContaining("not good (2)");
  }

  @Test
  void definitionsSurviveJson() throws JsonProcessingException {
    Map<String, List<String>> words = new LinkedHashMap<>();
    words.put("1", List.of("great", "very good"));
    words.put("0", List.of("terrible"));
    for (ClozeTask<TextExample> task :
        List.of(
            ClozeTask.of(sst2()),
            ClozeTask.of(sst2()).on(BERT).calibrated(),
            sst2(words).on(BERT).withoutSoftTokens())) {
      Task<?> restored = TaskKinds.standard().read(throughJson(task.definition()));

      assertThat(restored.definition()).isEqualTo(task.definition());
      assertThat(restored).isInstanceOf(ClozeTask.class);
      assertThat(((ClozeTask<?>) restored).cloze()).isEqualTo(task.cloze());
      if (task.definition().containsKey("word_ids")) {
        assertThat(restored.head(NO_OPTIONS)).isEqualTo(task.head(NO_OPTIONS));
      }
    }
  }

  @Test
  void aBaseWithoutLabelsIsAnError() {
    Map<String, Object> definition = new LinkedHashMap<>(ClozeTask.of(sst2()).definition());
    definition.put("base", LamaTask.of("P17").definition());

    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> TaskKinds.standard().read(definition))
        .withMessage("task.base: 'lama' is no task on labels or candidates");
  }

  @Test
  void wordsAndLabelsMustAgree() {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> sst2(Map.of("0", List.of("bad"))))
        .withMessageContaining("label '1' has no word");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> sst2(Map.of("0", List.of("a"), "1", List.of("b"), "2", List.of("c"))))
        .withMessageContaining("label '2', which is none of 0, 1");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> sst2(Map.of()))
        .withMessageContaining("each label needs one: 0, 1");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> sst2(Map.of("0", List.of("\uE123"), "1", List.of("b"))).on(BERT))
        .withMessageContaining("for label '0' is not in the model's vocabulary");
    assertThatIllegalStateException()
        .isThrownBy(() -> ClozeTask.of(sst2()).head(NO_OPTIONS))
        .withMessageContaining("before on(…)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rte", "cb", "boolq", "sst2"})
  void builtInTasksComeWithAClozeForTheirLabels(String name) {
    LabelledTask<?> base = (LabelledTask<?>) Tasks.standard().get(name);

    ClozeTask<?> task = ClozeTask.of(base).on(BERT);

    assertThat(task.cloze().words().keySet()).containsExactlyInAnyOrderElementsOf(base.labels());
    assertThat(task.head(NO_OPTIONS)).isInstanceOf(VerbalizerHeadSpec.class);
    assertThat(task.softTokens()).isEqualTo(3);
  }

  @Test
  void otherSuperGlueTasksHaveTheirTemplates() {
    for (String name : List.of("multirc", "wic", "copa", "wsc")) {
      Cloze cloze = Clozes.of(name).orElseThrow();
      Map<String, String> fields = new LinkedHashMap<>();
      cloze.template().fields().forEach(field -> fields.put(field, "cats"));
      assertThat(cloze.template().render(fields, ENCODER, 1).row().softTokens()).isPositive();
    }
    assertThat(Clozes.of("unheard-of")).isEmpty();
  }

  private static SequenceClassificationTask sst2() {
    return (SequenceClassificationTask) (Task<?>) Tasks.standard().get("sst2");
  }

  private static ClozeTask<TextExample> sst2(Map<String, List<String>> words) {
    return ClozeTask.of(sst2(), new Cloze(sst2().cloze().orElseThrow().template(), words));
  }

  private static int id(String word) {
    return BERT.tokenId(word).getAsInt();
  }

  public static Map<String, Object> throughJson(Map<String, Object> definition)
      throws JsonProcessingException {
    ObjectMapper json = new ObjectMapper();
    return json.readValue(
        json.writeValueAsString(definition), new TypeReference<Map<String, Object>>() {});
  }

  /** Two ways to go on, the second of which is right. */
  private record Choice(int line, String premise, String first, String second) implements Example {}

  /** As COPA is. */
  private static final class ChoiceBase implements LabelledTask<Choice> {

    @Override
    public List<String> labels() {
      return List.of();
    }

    @Override
    public Map<String, String> fields(Choice example) {
      return Map.of(
          "text_a", example.premise(),
          "text_b", "",
          "choice1", example.first(),
          "choice2", example.second());
    }

    @Override
    public List<String> candidates(Choice example) {
      return List.of(example.first(), example.second());
    }

    @Override
    public OptionalInt labelIndex(Choice example) {
      return OptionalInt.of(1);
    }

    @Override
    public Answer answer(Choice example, double[] probabilities) {
      List<String> names =
          IntStream.range(0, probabilities.length).mapToObj(String::valueOf).toList();
      return LabelAnswer.of(names, Map.of(), probabilities);
    }

    @Override
    public String name() {
      return "choice";
    }

    @Override
    public String kind() {
      return "choice";
    }

    @Override
    public String description() {
      return "which goes on";
    }

    @Override
    public List<String> metricNames() {
      return List.of("accuracy");
    }

    @Override
    public Truncation truncation() {
      return Truncation.to(64);
    }

    @Override
    public List<Preset> presets() {
      return List.of();
    }

    @Override
    public Examples<Choice> read(Path file) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Examples<Choice> readUnlabelled(Path file) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Choice readRow(Row row) {
      throw new UnsupportedOperationException();
    }

    @Override
    public HeadSpec head(HeadOptions options) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Item> items(Choice example, ItemEncoder encoder) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Answer answer(Choice example, List<Item> items, List<float[]> scores) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Scores score(List<Choice> examples, List<Answer> answers) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, Object> definition() {
      return Map.of("kind", kind());
    }
  }
}
