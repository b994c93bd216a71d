package org.ptuning4j.task.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.head.Item;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.cloze.ClozeTask;
import org.ptuning4j.task.lama.LamaTask;
import org.ptuning4j.task.tagging.EntityTask;
import org.ptuning4j.task.tagging.RoleTask;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.ClozeTemplate;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.text.TextTokenizer;

/** What a text says never makes a special token, whatever the task. */
class SpecialTokensInTasksTest {

  private static final TextTokenizer BERT = TextTokenizer.open(TinyModel.folder("bert"));
  private static final TextTokenizer ROBERTA = TextTokenizer.open(TinyModel.folder("roberta"));
  private static final String SPELT = " [SEP] [MASK] [PAD] [CLS] </s> <mask> <pad> <s> ";

  @AfterAll
  static void close() {
    BERT.close();
    ROBERTA.close();
  }

  static Stream<Task<?>> tasks() {
    Tasks tasks = Tasks.standard();
    List<String> tags = List.of("O", "B-X", "I-X");
    Map<String, List<String>> words =
        Map.of("entailment", List.of("fox"), "not_entailment", List.of("dog"));
    Cloze cloze = new Cloze(ClozeTemplate.parse("{text_a} {soft:2} {mask} {text_b}"), words);
    return Stream.of(
        tasks.get("sst2"),
        tasks.get("rte"),
        tasks.get("copa"),
        tasks.get("multirc"),
        tasks.get("record"),
        tasks.get("squad2"),
        own(Map.of("kind", "regression")),
        own(Map.of("kind", "multi-label", "labels", List.of("a", "b"))),
        EntityTask.named("own", "own").withLabels(tags),
        RoleTask.named("own", "own").withLabels(tags),
        LamaTask.of("P17").withVocabulary(List.of("fox", "dog", "the", "an")),
        ClozeTask.of(tasks.get("rte").labelled().orElseThrow(), cloze));
  }

  private static Task<?> own(Map<String, Object> settings) {
    Map<String, Object> all = new LinkedHashMap<>(settings);
    all.put("name", "own");
    all.put("text", "text");
    return TaskKinds.standard().read(all);
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void textsAddNone(Task<?> task) throws UnusableRowException {
    for (TextTokenizer tokenizer : List.of(BERT, ROBERTA)) {
      assertThat(special(task, SPELT, tokenizer)).isEqualTo(special(task, " ", tokenizer));
    }
  }

  /** How many special tokens the first item's rows have, soft places aside. */
  private static <E extends Example> List<Long> special(
      Task<E> task, String between, TextTokenizer tokenizer) throws UnusableRowException {
    PreparedTask<E> prepared = task.prepare(Preparation.complete(tokenizer));
    E example = task.readRow(new Row(1, columns(task.name(), between)));
    Item item = prepared.items(example, new ItemEncoder(tokenizer, 400)).get(0);
    Set<Integer> ids =
        Set.of(
            tokenizer.padId(),
            tokenizer.maskId().getAsInt(),
            tokenizer.clsId().getAsInt(),
            tokenizer.sepId().getAsInt());
    return item.rows().stream().map(row -> count(row, ids)).toList();
  }

  private static long count(TokenRow row, Set<Integer> ids) {
    return IntStream.range(0, row.length())
        .filter(i -> row.slots().length == 0 || row.slots()[i] == TokenRow.WORD)
        .filter(i -> ids.contains(row.ids()[i]))
        .count();
  }

  private static Map<String, Object> columns(String task, String between) {
    String text = "the fox" + between + "sleeps";
    Map<String, Object> columns = new LinkedHashMap<>();
    for (String name :
        List.of("text", "sentence", "premise", "hypothesis", "choice1", "choice2", "paragraph")) {
      columns.put(name, text);
    }
    columns.put("question", task.equals("copa") ? "cause" : text);
    columns.put("answer", text);
    columns.put("context", text);
    columns.put("passage", text);
    columns.put("query", "@placeholder" + between);
    columns.put("entities", List.of("fox" + between, "dog"));
    columns.put("sub_label", text);
    if (task.equals("own")) {
      columns.put("words", List.of(text.split(" ")));
      columns.put("predicate", 1);
    }
    return columns;
  }

  /** Who wants two texts says so; a template's own words are read as any text, too. */
  @Test
  void templatesThatSpellThemAreRefusedByName() {
    for (String kind : List.of("sequence-classification", "regression", "multi-label")) {
      Task<?> task =
          own(
              Map.of(
                  "kind",
                  kind,
                  "name",
                  "own",
                  "text",
                  "{a} [SEP] {b}",
                  "labels",
                  List.of("a", "b")),
              kind);
      assertThatThrownBy(() -> task.prepare(Preparation.complete(BERT)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("template \"{a} [SEP] {b}\" spells the special token '[SEP]'")
          .hasMessageContaining("'pair'");
      task.prepare(Preparation.complete(ROBERTA)); // which has no such token
    }
    LamaTask lama =
        LamaTask.of("P17")
            .withVocabulary(List.of("the", "an"))
            .withTemplate(ClozeTemplate.parse("{subject} [SEP] {mask}"));
    assertThatThrownBy(() -> lama.prepare(Preparation.complete(BERT)))
        .hasMessageContaining("write {mask} for the gap and {sep} between texts");
  }

  private static Task<?> own(Map<String, Object> settings, String kind) {
    Map<String, Object> all = new LinkedHashMap<>(settings);
    if (kind.equals("regression")) {
      all.remove("labels");
    }
    return TaskKinds.standard().read(all);
  }
}
