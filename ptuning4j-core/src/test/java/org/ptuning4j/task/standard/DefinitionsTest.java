package org.ptuning4j.task.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.data.tagging.ConllReader;
import org.ptuning4j.data.tagging.TagNames;
import org.ptuning4j.data.tagging.TagScheme;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.head.linear.SpanHeadSpec;
import org.ptuning4j.head.linear.TokenHeadSpec;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.choice.ChoiceTask;
import org.ptuning4j.task.choice.MultiRcTask;
import org.ptuning4j.task.choice.PreparedChoice;
import org.ptuning4j.task.choice.PreparedMultiRc;
import org.ptuning4j.task.choice.PreparedReCord;
import org.ptuning4j.task.choice.ReCordTask;
import org.ptuning4j.task.question.PreparedQuestions;
import org.ptuning4j.task.question.QuestionTask;
import org.ptuning4j.task.tagging.Decoding;
import org.ptuning4j.task.tagging.EntityTask;
import org.ptuning4j.task.tagging.PreparedEntities;
import org.ptuning4j.task.tagging.PreparedRoles;
import org.ptuning4j.task.tagging.RoleTask;
import org.ptuning4j.task.text.MultiLabelTask;
import org.ptuning4j.task.text.PreparedClassification;
import org.ptuning4j.task.text.PreparedMultiLabel;
import org.ptuning4j.task.text.PreparedRegression;
import org.ptuning4j.task.text.RegressionTask;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.text.Truncation;
import org.ptuning4j.text.Truncation.Strategy;

/**
 * What a pack says of a task is all that is known of it when the pack is opened: a field that is
 * lost on the way is another task, which answers all the same.
 */
class DefinitionsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static Task<?> task(Map<String, Object> definition) {
    return TaskKinds.standard().read(definition);
  }

  private static Task<?> task(String json) throws JsonProcessingException {
    return task(
        JSON.readValue(json.replace('\'', '"'), new TypeReference<Map<String, Object>>() {}));
  }

  /** Each kind, with nothing as it usually is. */
  static Stream<Task<?>> unusual() throws JsonProcessingException {
    return Stream.of(
        task(
            "{'kind':'sequence-classification','name':'a','description':'d','text':'{x} of {y}',"
                + "'pair':'z','label_column':'l','labels':['u','v','w'],'label_names':{'u':'U'},"
                + "'metrics':['mcc','accuracy'],'truncation':'only-second','max_length':77}"),
        task(
            "{'kind':'multi-label','name':'b','description':'d','text':'x','pair':'z',"
                + "'label_column':'l','separator':';','labels':['u','v'],'threshold':0.25,"
                + "'metrics':['macro_f1'],'truncation':'only-first','max_length':66}"),
        task(
            "{'kind':'regression','name':'c','description':'d','text':'x','pair':'z',"
                + "'label_column':'l','min':-1.5,'max':4,'mean':2.5,'deviation':0.5,"
                + "'metrics':['spearman','mae'],'truncation':'only-first','max_length':55}"),
        task(
            "{'kind':'multiple-choice','name':'d','description':'d','context':'{x}: {w}',"
                + "'candidates':['a','{b} {c}'],'wording':{'field':'w','column':'k','words':"
                + "{'p':'because','q':'so'}},'label_column':'l','truncation':'only-second',"
                + "'max_length':44}"),
        task(
            "{'kind':'multiple-choice','name':'e','context':'x','candidates_column':'all',"
                + "'max_length':33}"),
        MultiRcTask.named("f", new Truncation(99, Strategy.ONLY_SECOND, 0)),
        ReCordTask.named("g", new Truncation(98, Strategy.LONGEST_FIRST, 0)),
        new QuestionTask(
            TaskInfo.of(
                "h", "d", QuestionTask.metrics(true), new Truncation(97, Strategy.ONLY_SECOND, 13)),
            true,
            -1.5,
            7,
            11,
            false),
        EntityTask.named("i", "d")
            .withLabels(List.of("O", "B-X", "I-X"))
            .withColumns(
                new ConllReader()
                    .withColumns(2, 4)
                    .withScheme(TagScheme.BILOU)
                    .withComments()
                    .withTagNames(new TagNames(List.of("O", "B-X"), "tags")))
            .withDecoding(Decoding.ARGMAX)
            .withTruncation(new Truncation(96, Strategy.ONLY_FIRST, 12)),
        task(
            "{'kind':'roles','name':'j','description':'d','labels':['O','B-V','B-A0'],"
                + "'format':'conll05','word_column':3,'predicate_column':5,'predicate':'pair',"
                + "'decoding':'argmax','truncation':'only-first','max_length':95,'stride':14}"));
  }

  @ParameterizedTest
  @MethodSource("unusual")
  void nothingIsLostOnTheWay(Task<?> task) throws JsonProcessingException {
    String json = JSON.writeValueAsString(task.definition());
    assertThat(task(json))
        .as(json)
        .usingRecursiveComparison()
        .withStrictTypeChecking()
        .isEqualTo(task);
  }

  @ParameterizedTest
  @MethodSource("unusual")
  void fieldsThatDoNotBelongAreNamed(Task<?> task) {
    Map<String, Object> definition = new LinkedHashMap<>(task.definition());
    definition.put("max_lenght", 64);
    assertThatThrownBy(() -> task(definition))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("max_lenght' is not known")
        .hasMessageContaining("did you mean 'max_length'?");
  }

  @Test
  void fieldsWithinAFieldAreNamedToo() {
    assertThatThrownBy(
            () ->
                task(
                    "{'kind':'multiple-choice','name':'d','context':'x','candidates':['a','b'],"
                        + "'wording':{'field':'w','column':'k','word':{'p':'because'}}}"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("word' is not known");
  }

  /** Windows that do not overlap are not the usual ones, which do. */
  @Test
  void noOverlapIsWrittenWhereWindowsUsuallyOverlap() {
    for (Task<?> task :
        List.of(
            QuestionTask.answerable("q", "d")
                .withTruncation(new Truncation(100, Strategy.ONLY_SECOND, 0)),
            EntityTask.named("e", "d").withTruncation(new Truncation(100, Strategy.ONLY_FIRST, 0)),
            RoleTask.named("r", "d").withTruncation(new Truncation(100, Strategy.ONLY_FIRST, 0)))) {
      assertThat(task(task.definition()).truncation()).isEqualTo(task.truncation());
    }
  }

  @Test
  void textsAreCutAtTheirEnds() {
    Truncation left = new Truncation(64, Strategy.LONGEST_FIRST, 0, Truncation.Direction.LEFT);
    assertThatThrownBy(() -> TaskInfo.of("a", "d", List.of("accuracy"), left))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("task 'a': truncation is LEFT; a task's texts are cut at their ends (RIGHT)");
  }

  @Test
  void aSpanOfARegressionMayBeOpenOnOneSide() throws JsonProcessingException {
    RegressionTask least =
        (RegressionTask) task("{'kind':'regression','name':'c','text':'x','min':0}");
    assertThat(least.min()).hasValue(0);
    assertThat(least.max()).isEmpty();
    assertThat(least.definition()).containsKey("min").doesNotContainKeys("max", "mean");
    assertThat(task(least.definition())).isEqualTo(least);
  }

  private static HeadOptions options() {
    BackboneSpec spec = new BackboneSpec("fake", 1, 4, 1, 1, 4, 4, 32, 7, 2, true, true, 0, 0);
    return new HeadOptions(spec, Optional.of(SequenceInput.DENSE), 0.3);
  }

  /** A head of another kind would be trained on something else. */
  @Test
  void everyTaskHasTheHeadOfItsKind() throws JsonProcessingException {
    Map<String, Task<?>> tasks = new LinkedHashMap<>();
    unusual().forEach(task -> tasks.put(task.name(), task));
    HeadOptions options = options();
    SequenceClassificationTask texts = (SequenceClassificationTask) tasks.get("a");
    assertThat(
            new PreparedClassification(texts, texts, PreparedClassification.Scoring.PLAIN)
                .head(options))
        .isEqualTo(LinearHeadSpec.sequence(3, SequenceInput.DENSE, 0.3));
    assertThat(new PreparedMultiLabel((MultiLabelTask) tasks.get("b")).head(options))
        .isEqualTo(LinearHeadSpec.multiLabel(2, SequenceInput.DENSE, 0.3));
    assertThat(new PreparedRegression((RegressionTask) tasks.get("c")).head(options))
        .isEqualTo(LinearHeadSpec.regression(SequenceInput.DENSE, 0.3));
    assertThat(new PreparedChoice((ChoiceTask) tasks.get("d")).head(options))
        .isEqualTo(LinearHeadSpec.choice(SequenceInput.DENSE, 0.3));
    assertThat(new PreparedMultiRc((MultiRcTask) tasks.get("f")).head(options))
        .isEqualTo(LinearHeadSpec.sequence(2, SequenceInput.DENSE, 0.3));
    assertThat(new PreparedReCord((ReCordTask) tasks.get("g")).head(options))
        .isEqualTo(LinearHeadSpec.eachCandidate(SequenceInput.DENSE, 0.3));
    assertThat(new PreparedQuestions((QuestionTask) tasks.get("h")).head(options))
        .isEqualTo(new SpanHeadSpec());
    assertThat(new PreparedEntities((EntityTask) tasks.get("i")).head(options))
        .isEqualTo(new TokenHeadSpec(3, 0.3));
    assertThat(new PreparedRoles((RoleTask) tasks.get("j")).head(options))
        .isEqualTo(new TokenHeadSpec(3, 0.3));
  }
}
