package org.ptuning4j.task.tagging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.tagging.ConllReader;
import org.ptuning4j.data.tagging.TagScheme;
import org.ptuning4j.data.tagging.TaggedSentence;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.hub.Models;
import org.ptuning4j.task.ModelClass;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.standard.StandardSpanTasks;
import org.ptuning4j.task.standard.TaskKinds;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.text.TextTokenizer;

public class EntityTaskTest {

  private static final TextTokenizer BERT = TextTokenizer.open(Models.resolve("bert-mini"));
  private static final List<String> LABELS = List.of("O", "B-LOC", "B-PER", "I-LOC", "I-PER");

  private final EntityTask task = EntityTask.named("toy", "toy").withLabels(LABELS);
  private final PreparedEntities asked = new PreparedEntities(task);

  @AfterAll
  static void close() {
    BERT.close();
  }

  private static TaggedSentence sentence(String words, String tags) {
    return new TaggedSentence(
        1,
        List.of(words.split(" ", -1)),
        tags.isEmpty() ? List.of() : List.of(tags.split(" ", -1)),
        0);
  }

  /** Scores that make the given tags the best ones. */
  private static List<float[]> scores(List<Item> items, List<String> tags) {
    List<float[]> all = new ArrayList<>();
    for (Item item : items) {
      float[] scores = new float[item.reads().length * LABELS.size()];
      for (int i = 0; i < item.notes().length; i++) {
        if (item.notes()[i] >= 0) {
          scores[i * LABELS.size() + LABELS.indexOf(tags.get(item.notes()[i]))] = 5;
        }
      }
      all.add(scores);
    }
    return all;
  }

  public static Map<String, Object> throughJson(Map<String, Object> definition) throws IOException {
    ObjectMapper json = new ObjectMapper();
    return json.readValue(
        json.writeValueAsString(definition), new TypeReference<Map<String, Object>>() {});
  }

  @Test
  void longSentencesAreTaughtAndAnsweredWordByWord() {
    List<String> words = new ArrayList<>();
    List<String> tags = new ArrayList<>();
    for (int i = 0; i < 70; i++) {
      words.add(List.of("Ada", "Lovelace", "saw", "London", "\u0001").get(i % 5));
      tags.add(List.of("B-PER", "I-PER", "O", "B-LOC", "O").get(i % 5));
    }
    TaggedSentence sentence = new TaggedSentence(1, words, tags, 0);
    List<Item> items = asked.items(sentence, new ItemEncoder(BERT, 24));
    assertThat(items).hasSizeGreaterThan(3);
    int[] taught = new int[words.size()];
    for (Item item : items) {
      for (int i = 0; i < item.notes().length; i++) {
        taught[item.notes()[i]]++;
        int label = item.target(Target.Tags.class).labels().get(i).getAsInt();
        assertThat(LABELS.get(label)).isEqualTo(tags.get(item.notes()[i]));
      }
    }
    for (int word = 0; word < taught.length; word++) {
      assertThat(taught[word]).isEqualTo(word % 5 == 4 ? 0 : 1);
    }
    EntityAnswer answer = asked.answer(sentence, items, scores(items, tags));
    assertThat(answer.tags()).isEqualTo(tags);
    assertThat(asked.score(List.of(sentence), List.of(answer)).metrics())
        .containsEntry("f1", 1.0)
        .containsEntry("recall", 1.0);
  }

  @Test
  void anUnknownTagIsNotTaughtButCountsAsMissed() {
    TaggedSentence sentence = sentence("Ada saw Paris", "B-PER O B-MISC");
    List<Item> items = asked.items(sentence, new ItemEncoder(BERT, 64));
    assertThat(items.get(0).target())
        .contains(
            new Target.Tags(List.of(OptionalInt.of(2), OptionalInt.of(0), OptionalInt.empty())));
    EntityAnswer answer = asked.answer(sentence, items, scores(items, List.of("B-PER", "O", "O")));
    assertThat(asked.score(List.of(sentence), List.of(answer)).metrics().get("recall"))
        .isEqualTo(0.5);
  }

  @Test
  void aSentenceOfNothingIsOutside() {
    TaggedSentence sentence = sentence("\u0001 \u0002", "O B-PER");
    List<Item> items = asked.items(sentence, new ItemEncoder(BERT, 64));
    assertThat(items).hasSize(1);
    assertThat(items.get(0).reads()).containsExactly(0);
    assertThat(items.get(0).target()).contains(new Target.Tags(List.of(OptionalInt.empty())));
    assertThat(asked.answer(sentence, items, List.of(new float[] {0, 9, 0, 0, 0})).tags())
        .containsExactly("O", "O");
  }

  @Test
  void punctuationAroundAWordStandsByItself() throws UnusableRowException {
    Row row = new Row(1, Map.of("text", "\"Ada, of (St. Ives)!\" ... U.S.A. o'clock"));
    assertThat(task.readRow(row).words())
        .containsExactly(
            "\"", "Ada", ",", "of", "(", "St", ".", "Ives", ")", "!", "\"", "...", "U.S.A", ".",
            "o'clock");
  }

  @Test
  void anAnswerSaysWhereInTheText() throws UnusableRowException {
    String text = "  😀\tAda\u00a0 Lovelace  سلام 東京 ";
    TaggedSentence sentence = task.readRow(new Row(1, Map.of("text", text)));
    assertThat(sentence.words()).containsExactly("😀", "Ada", "Lovelace", "سلام", "東", "京");
    List<Item> items = asked.items(sentence, new ItemEncoder(BERT, 64));
    assertThat(items.get(0).hasTarget()).isFalse();
    EntityAnswer joined =
        new PreparedEntities(task.withDecoding(Decoding.ARGMAX))
            .answer(
                sentence,
                items,
                scores(items, List.of("O", "I-PER", "I-PER", "O", "B-LOC", "I-LOC")));
    assertThat(joined.tags()).containsExactly("O", "B-PER", "I-PER", "O", "B-LOC", "I-LOC");
    assertThat(joined.text()).isEqualTo("PER: Ada\u00a0 Lovelace; LOC: 東京");
    EntityAnswer placed = joined.in(text);
    EntityAnswer.Entity ada = placed.entities().get(0);
    assertThat(text.substring(ada.start(), ada.end())).isEqualTo("Ada\u00a0 Lovelace");
    double each = Math.exp(5) / (Math.exp(5) + 4);
    assertThat(ada.probability()).isCloseTo(each, within(1e-6));
    assertThat(placed.fields().get("entities").toString())
        .contains("start=5", "start_code_point=4", "text=東京");
    assertThatThrownBy(() -> joined.in("Ada Lovelace"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** One word's mistake does not cut a name in two. */
  @Test
  void theBestValidSequenceKeepsAnEntityWhole() throws UnusableRowException {
    TaggedSentence sentence = task.readRow(new Row(1, Map.of("text", "Ada King Lovelace")));
    List<Item> items = asked.items(sentence, new ItemEncoder(BERT, 64));
    List<float[]> scores = scores(items, List.of("B-PER", "O", "I-PER"));
    int inside = LABELS.indexOf("I-PER");
    scores.get(0)[LABELS.size() + inside] = 4.9f; // next to O's 5
    EntityAnswer whole = asked.answer(sentence, items, scores);
    assertThat(whole.tags()).containsExactly("B-PER", "I-PER", "I-PER");
    assertThat(
            new PreparedEntities(task.withDecoding(Decoding.ARGMAX))
                .answer(sentence, items, scores)
                .tags())
        .containsExactly("B-PER", "O", "B-PER");
    assertThat(whole.entities().get(0).probability()).isBetween(0.9, 0.999);
  }

  @Test
  void rowsWithoutWordsAreUnusable() {
    for (Map<String, Object> row :
        List.<Map<String, Object>>of(
            Map.of("other", "x"),
            Map.of("text", " \u00a0 "),
            Map.of("text", 3),
            Map.of("words", List.of("a", " ")),
            Map.of("words", List.of()))) {
      assertThatThrownBy(() -> task.readRow(new Row(1, row)))
          .isInstanceOf(UnusableRowException.class);
    }
  }

  private static List<String> learnt(EntityTask definition, Path file) {
    return definition.prepare(Preparation.of(definition.read(file), BERT, false)).task().labels();
  }

  @Test
  void readsColumnsAndJsonAndLearnsTheirTags(@TempDir Path folder) throws IOException {
    Path columns = folder.resolve("train.conll");
    Files.writeString(columns, "Ada I-PER\nsaw O\nRome I-LOC\n\nx O\n", StandardCharsets.UTF_8);
    Path json = folder.resolve("train.json");
    Files.writeString(
        json,
        "[{\"tokens\": [\"Ada\", \"Byron\"], \"tags\": [\"B-PER\", \"L-PER\"]}]",
        StandardCharsets.UTF_8);
    EntityTask unlearnt = EntityTask.named("toy", "toy");
    assertThat(learnt(unlearnt, columns)).containsExactly("O", "B-LOC", "B-PER");
    assertThat(learnt(unlearnt, json)).containsExactly("O", "B-PER", "I-PER");
    assertThat(unlearnt.readUnlabelled(json).examples().get(0).hasTags()).isFalse();
    assertThat(learnt(task, columns)).isEqualTo(LABELS);
  }

  @Test
  void aDefinitionMakesTheTaskAgain() throws IOException {
    EntityTask written =
        task.withColumns(new ConllReader().withColumns(2, 4).withScheme(TagScheme.IOB1))
            .withDecoding(Decoding.ARGMAX);
    assertThat(TaskKinds.standard().read(throughJson(written.definition()))).isEqualTo(written);
    assertThat(TaskKinds.standard().read(throughJson(task.definition()))).isEqualTo(task);
  }

  @Test
  void settingsAreAsPublished() {
    EntityTask conll = (EntityTask) StandardSpanTasks.all().get(0);
    Preset preset = conll.preset(ModelClass.ROBERTA_LARGE).orElseThrow();
    assertThat(preset.promptLength()).isEqualTo(11);
    assertThat(preset.decayPerEpoch()).isEqualTo(0.95);
    assertThat(
            StandardSpanTasks.all().stream()
                .flatMap(each -> each.presets().stream().map(p -> p.task().equals(each.name()))))
        .hasSize(10)
        .containsOnly(true);
  }
}
