package org.ptuning4j.task.cloze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.vocabulary.CandidateHeadSpec;
import org.ptuning4j.head.vocabulary.VerbalizerHeadSpec;
import org.ptuning4j.hub.Models;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.choice.ChoiceExample;
import org.ptuning4j.task.choice.ChoiceTask;
import org.ptuning4j.task.lama.LamaTask;
import org.ptuning4j.task.standard.TaskKinds;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.ClozeTemplate;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.text.TextTokenizer;

/** Tasks put as clozes. */
public class ClozeTaskTest {

  private static final TextTokenizer BERT = TextTokenizer.open(Models.resolve("bert-mini"));
  private static final ItemEncoder ENCODER = new ItemEncoder(BERT, 64);
  private static final HeadOptions NO_OPTIONS =
      new HeadOptions(
          new BackboneSpec("bert", 1, 8, 2, 2, 4, 8, 64, 470, 2, true, true, 0, 0),
          Optional.empty(),
          0);
  private static final TextExample FILM = new TextExample(1, "A fine film.", null, "1");

  @AfterAll
  static void close() {
    BERT.close();
  }

  @Test
  void wordsOfOneTokenMakeAVerbalizer() {
    PreparedCloze<TextExample> task = asked(ClozeTask.of(sst2()));

    HeadSpec head = task.head(NO_OPTIONS);
    Item item = task.items(FILM, ENCODER).get(0);

    assertThat(head)
        .isEqualTo(
            new VerbalizerHeadSpec(List.of(List.of(id("terrible")), List.of(id("great"))), false));
    assertThat(item.rows()).hasSize(1);
    assertThat(item.target()).contains(new Target.Choice(1));
    TokenRow row = item.rows().get(0);
    assertThat(row.ids()[row.anchor()]).isEqualTo(BERT.maskId().getAsInt());
    assertThat(task.task().softTokens()).isEqualTo(3);
    assertThat(task.task().hasTemplate()).isTrue();
    PreparedCloze<TextExample> plain = withoutSoftTokens(ClozeTask.of(sst2()));
    assertThat(plain.task().softTokens()).isZero();
    assertThat(plain.head(NO_OPTIONS)).isEqualTo(head);
  }

  @Test
  void labelProbabilitiesAreTheSoftmaxOfTheLabelsScores() {
    PreparedCloze<TextExample> task = asked(ClozeTask.of(sst2()));
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
    PreparedCloze<TextExample> task = asked(sst2(Map.of("0", List.of("terrible"), "1", good)));

    Item item = task.items(FILM, ENCODER).get(0);
    LabelAnswer answer =
        (LabelAnswer) task.answer(FILM, List.of(item), List.of(new float[] {0, 0, 0}));

    assertThat(task.head(NO_OPTIONS)).isInstanceOf(CandidateHeadSpec.class);
    assertThat(item.rows()).hasSize(3);
    assertThat(item.counts()).containsExactly(1, 1, 3);
    assertThat(item.words())
        .containsExactly(id("terrible"), id("great"), id("very"), id("well"), id("made"));
    assertThat(item.target()).contains(new Target.Choice(1));
    assertThat(answer.probabilities().get("1")).isCloseTo(2 / 3.0, within(1e-6));
  }

  @Test
  void candidatesOfAnExampleAreRowsWithAsManyMasksAsTokens() {
    ChoiceTask copa = (ChoiceTask) (Task<?>) Tasks.standard().get("copa");
    PreparedCloze<ChoiceExample> task = asked(ClozeTask.of(copa));
    ChoiceExample choice =
        new ChoiceExample(
            1,
            "My body cast a shadow because",
            List.of("The sun was rising.", "Rain."),
            1,
            Map.of());

    Item item = task.items(choice, ENCODER).get(0);

    assertThat(task.head(NO_OPTIONS))
        .isEqualTo(new CandidateHeadSpec(CandidateHeadSpec.Length.MEAN));
    assertThat(item.rows()).hasSize(2);
    assertThat(item.counts()).containsExactly(4, 1); // the template has the full stop
    assertThat(item.words())
        .containsExactly(id("the"), id("sun"), id("was"), id("rising"), id("rain"));
    assertThat(item.target()).contains(new Target.Choice(1));
    int read = 0;
    for (int row = 0; row < 2; row++) {
      TokenRow tokens = item.rows().get(row);
      assertThat(tokens.anchor()).isEqualTo(item.reads()[read]);
      for (int i = 0; i < item.counts()[row]; i++) {
        assertThat(tokens.ids()[item.reads()[read++]]).isEqualTo(BERT.maskId().getAsInt());
      }
    }
    Answer answer = task.answer(choice, List.of(item), List.of(new float[] {2, 1}));
    assertThat(answer.text()).isEqualTo("The sun was rising.");
  }

  @Test
  void calibrationHasAnInputWithoutContent() {
    PreparedCloze<TextExample> task = asked(ClozeTask.of(sst2()));

    assertThat(task.contentFree(ENCODER)).isEmpty();
    PreparedCloze<TextExample> calibrated = asked(ClozeTask.of(sst2()).calibrated());
    List<Item> items = calibrated.contentFree(ENCODER);
    assertThat(items).hasSize(1);
    assertThat(items.get(0).hasTarget()).isFalse();
    int[] ids = items.get(0).rows().get(0).ids();
    assertThat(BERT.decode(ids)).startsWith("n / a it was");
    assertThat(((VerbalizerHeadSpec) calibrated.head(NO_OPTIONS)).calibrated()).isTrue();
    Map<String, List<String>> longer = Map.of("0", List.of("not good"), "1", List.of("great"));
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> asked(sst2(longer).calibrated()))
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
            asked(ClozeTask.of(sst2()).calibrated()).task(),
            withoutSoftTokens(sst2(words)).task())) {
      Task<?> restored = TaskKinds.standard().read(throughJson(task.definition()));

      assertThat(restored.definition()).isEqualTo(task.definition());
      assertThat(restored).isInstanceOf(ClozeTask.class);
      assertThat(((ClozeTask<?>) restored).cloze()).isEqualTo(task.cloze());
      if (task.definition().containsKey("word_ids")) {
        assertThat(restored.prepare(Preparation.complete(BERT)).head(NO_OPTIONS))
            .isEqualTo(asked(task).head(NO_OPTIONS));
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
        .isThrownBy(() -> asked(sst2(Map.of("0", List.of("\uE123"), "1", List.of("b")))))
        .withMessageContaining("for label '0' is not in the model's vocabulary");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rte", "cb", "boolq", "sst2"})
  void builtInTasksComeWithAClozeForTheirLabels(String name) {
    LabelledTask<?> base = Tasks.standard().get(name).labelled().orElseThrow();

    PreparedCloze<?> task = asked(ClozeTask.of(base));

    assertThat(task.cloze().words().keySet()).containsExactlyInAnyOrderElementsOf(base.labels());
    assertThat(task.head(NO_OPTIONS)).isInstanceOf(VerbalizerHeadSpec.class);
    assertThat(task.task().softTokens()).isEqualTo(3);
  }

  @Test
  void otherSuperGlueTasksHaveTheirTemplates() {
    for (String name : List.of("multirc", "wic", "copa", "wsc")) {
      Cloze cloze = StandardClozes.of(name).orElseThrow();
      Map<String, String> fields = new LinkedHashMap<>();
      cloze.template().fields().forEach(field -> fields.put(field, "cats"));
      assertThat(cloze.template().render(fields, ENCODER).row().softTokens()).isPositive();
    }
    assertThat(StandardClozes.of("unheard-of")).isEmpty();
  }

  private static SequenceClassificationTask sst2() {
    return (SequenceClassificationTask) (Task<?>) Tasks.standard().get("sst2");
  }

  private static ClozeTask<TextExample> sst2(Map<String, List<String>> words) {
    return ClozeTask.of(sst2(), new Cloze(sst2().cloze().orElseThrow().template(), words));
  }

  private static <E extends Example> PreparedCloze<E> asked(ClozeTask<E> task) {
    return task.prepare(Preparation.complete(BERT));
  }

  private static <E extends Example> PreparedCloze<E> withoutSoftTokens(ClozeTask<E> task) {
    return task.prepare(
        new Preparation<>(Optional.empty(), BERT, false, Optional.of(Direction.BIDIRECTIONAL)));
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

  @Test
  void aTaskWithoutATemplateIsNamed() {
    SequenceClassificationTask mood =
        SequenceClassificationTask.onText("mood", Template.column("text"), "label")
            .withLabels(List.of("a", "b"));
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> ClozeTask.of(mood))
        .withMessageContaining("task 'mood' comes with no template");
  }

  /** A template, or the base's texts, may show the answer. */
  @Test
  void answersWithinTheTextsAreSeen() {
    assertThat(ClozeTask.of(sst2()).answersInTexts()).isEmpty();
    Map<String, List<String>> words = sst2().cloze().orElseThrow().words();
    Cloze telling = new Cloze(ClozeTemplate.parse("{text_a} {label} {mask}"), words);
    assertThat(ClozeTask.of(sst2(), telling).answersInTexts()).containsExactly("label");
    SequenceClassificationTask base =
        SequenceClassificationTask.onText("mood", Template.parse("{text}: {label}"), "label")
            .withLabels(List.copyOf(words.keySet()));
    Cloze plain = new Cloze(ClozeTemplate.parse("{text_a} {mask}"), words);
    assertThat(ClozeTask.of(base, plain).answersInTexts()).containsExactly("label");
  }
}
