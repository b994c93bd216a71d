package org.ptuning4j.task.question;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.question.QuestionExample;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.hub.Models;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.standard.TaskKinds;
import org.ptuning4j.task.tagging.EntityTaskTest;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.text.Encoding;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

class QuestionTaskTest {

  private static final TextTokenizer BERT = TextTokenizer.open(Models.resolve("bert-mini"));
  private static final TextTokenizer ROBERTA = TextTokenizer.open(TinyModel.folder("roberta"));

  private final QuestionTask squad1 = QuestionTask.answerable("one", "one");
  private final QuestionTask squad2 = QuestionTask.unanswerable("two", "two");
  private final PreparedQuestions asked1 = new PreparedQuestions(squad1);
  private final PreparedQuestions asked2 = new PreparedQuestions(squad2);

  @AfterContainer
  static void close() {
    BERT.close();
    ROBERTA.close();
  }

  private static QuestionExample question(String id, String context, String answerOrNull) {
    return new QuestionExample(
        Source.ofLine(1).withIds(Map.of("id", id)),
        id,
        null,
        "who is it ?",
        context,
        answerOrNull == null
            ? List.of()
            : List.of(new QuestionExample.Answer(answerOrNull, context.indexOf(answerOrNull))),
        answerOrNull == null);
  }

  @Provide
  Arbitrary<List<String>> contexts() {
    return Arbitraries.of(
            "the",
            "capital",
            "😀",
            "👩‍👩‍👧",
            "سلام",
            "عليكم",
            "中文字",
            "é",
            "e\u0301x",
            "O'Neil's",
            "1,000.50",
            "unbelievably",
            "\u0001",
            "—",
            "ﬁne")
        .list()
        .ofMinSize(1)
        .ofMaxSize(70);
  }

  /** What training teaches is what decoding would read back, in any script. */
  @Property(tries = 200)
  void targetsReadBackAreTheAnswer(
      @ForAll("contexts") List<String> words,
      @ForAll @IntRange(min = 70, max = 120) int maxLength,
      @ForAll @IntRange(min = 0, max = 1000) int at) {
    int first = at % words.size();
    String context = String.join(" ", words);
    int start = String.join(" ", words.subList(0, first)).length() + (first == 0 ? 0 : 1);
    String word = words.get(first);
    QuestionExample example =
        new QuestionExample(
            1,
            "id",
            null,
            "who ?",
            context,
            List.of(new QuestionExample.Answer(word, start)),
            false);
    for (TextTokenizer tokenizer : List.of(BERT, ROBERTA)) {
      List<Item> items = asked1.items(example, new ItemEncoder(tokenizer, maxLength));
      boolean found = false;
      for (Item item : items) {
        assertThat(item.longest()).isLessThanOrEqualTo(maxLength);
        int[] notes = item.notes();
        Target.Span span = item.target(Target.Span.class);
        int from = span.start().getAsInt();
        int to = span.end().getAsInt();
        if (from > 0) {
          found = true;
          assertThat(context.substring(notes[2 * from], notes[2 * to + 1])).isEqualTo(word);
        } else {
          assertThat(to).isZero();
        }
      }
      assertThat(found).isEqualTo(!(tokenizer == BERT && word.equals("\u0001")));
    }
  }

  /** Every token of the context is in some window, and each candidate is the context's own text. */
  @Property(tries = 150)
  void candidatesAreSpansOfTheContextAndNothingIsCut(
      @ForAll("contexts") List<String> words,
      @ForAll @IntRange(min = 16, max = 60) int maxLength,
      @ForAll long seed) {
    String context = " " + String.join("  ", words) + " ";
    QuestionExample example =
        new QuestionExample(1, "id", null, "who is it ?".repeat(9), context, List.of(), false);
    for (TextTokenizer tokenizer : List.of(BERT, ROBERTA)) {
      List<Item> items = asked2.items(example, new ItemEncoder(tokenizer, maxLength));
      Encoding whole = tokenizer.encodeWithoutSpecialTokens(context, null, Truncation.none());
      BitSet shown = new BitSet();
      java.util.SplittableRandom random = new java.util.SplittableRandom(seed);
      List<float[]> scores = new java.util.ArrayList<>();
      for (Item item : items) {
        assertThat(item.hasTarget()).isFalse();
        assertThat(item.longest()).isLessThanOrEqualTo(maxLength);
        float[] own = new float[2 * item.reads().length];
        for (int i = 0; i < own.length; i++) {
          own[i] = (float) random.nextDouble(-9, 9);
        }
        scores.add(own);
        for (int read = 0; read < item.reads().length; read++) {
          if (item.notes()[2 * read] >= 0) {
            shown.set(item.notes()[2 * read], item.notes()[2 * read + 1]);
          }
        }
      }
      BitSet all = new BitSet();
      for (int i = 0; i < whole.length(); i++) {
        all.set(whole.starts()[i], whole.ends()[i]);
      }
      assertThat(shown).isEqualTo(all);
      SpanAnswer answer = asked2.answer(example, items, scores);
      double sum = 0;
      for (SpanAnswer.Candidate candidate : answer.candidates()) {
        assertThat(context.substring(candidate.start(), candidate.end()))
            .isEqualTo(candidate.text())
            .isNotEmpty()
            .isEqualTo(candidate.text().strip());
        assertThat(Character.isLowSurrogate(candidate.text().charAt(0))).isFalse();
        sum += candidate.probability();
      }
      assertThat(sum).isLessThanOrEqualTo(1 + 1e-9);
      if (!answer.isNone()) {
        assertThat(
                context.substring(
                    context.offsetByCodePoints(0, answer.startCodePoint()),
                    context.offsetByCodePoints(0, answer.endCodePoint())))
            .isEqualTo(answer.answer());
      }
    }
  }

  /** Two windows with scores of our own: [CLS] q q q q [SEP] and then the context. */
  private static float[] logits(Item item, int start, int end, float score, float none) {
    int reads = item.reads().length;
    float[] logits = new float[2 * reads];
    Arrays.fill(logits, -9);
    logits[start] = score;
    logits[reads + end] = score;
    logits[0] = none;
    logits[reads] = none;
    return logits;
  }

  @Example
  void noAnswerIsTheLeastNullScoreAgainstTheBestSpan() {
    QuestionExample example = question("id", "she wrote to charles in london today", null);
    List<Item> items = asked2.items(example, new ItemEncoder(BERT, 11));
    assertThat(items).hasSizeGreaterThan(1);
    List<float[]> scores = new java.util.ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      scores.add(logits(items.get(i), 6, 6, i == 0 ? 2 : 1, i == 0 ? 5 : 2.5f));
    }
    SpanAnswer answer = asked2.answer(example, items, scores);
    // the least null score is 2 × 2.5, the best span's score is 2 × 2
    assertThat(answer.nullScore()).isCloseTo(1, within(1e-6));
    assertThat(answer.isNone()).isTrue();
    assertThat(answer.text()).isEqualTo("no answer");
    assertThat(answer.bestSpan()).isEqualTo("she");
    SpanAnswer bold =
        new PreparedQuestions(squad2.withNullThreshold(1.01)).answer(example, items, scores);
    assertThat(bold.answer()).isEqualTo("she");
    SpanAnswer sure = asked1.answer(example, items, scores);
    assertThat(sure.answer()).isEqualTo("she");
    assertThat(sure.start()).isZero();
    assertThat(sure.end()).isEqualTo(3);
    assertThat(squad2.predictions(List.of(example), List.of(answer))).isEqualTo(Map.of("id", ""));
    assertThat(squad2.predictions(List.of(example), List.of(bold))).isEqualTo(Map.of("id", "she"));
    assertThat(squad2.submission(List.of(example), List.of(bold))).isEqualTo("{\"id\":\"she\"}\n");
  }

  @Example
  void spansAreInOrderAndNotTooLong() {
    QuestionExample example = question("id", "a b c d", "a");
    Item item = asked1.items(example, new ItemEncoder(BERT, 64)).get(0);
    float[] logits = logits(item, 8, 7, 5, -9); // ends before it starts
    SpanAnswer answer = asked1.answer(example, List.of(item), List.of(logits));
    assertThat(answer.start()).isLessThan(answer.end());
    PreparedQuestions narrow =
        new PreparedQuestions(new QuestionTask(squad1.info(), false, 0, 20, 2, true));
    assertThat(
            narrow.answer(example, List.of(item), List.of(logits(item, 6, 9, 5, 0))).candidates())
        .allMatch(candidate -> candidate.text().length() <= 3);
    assertThat(asked1.answer(example, List.of(item), List.of(logits(item, 6, 9, 5, 0))).answer())
        .isEqualTo("a b c d");
  }

  private static SpanAnswer span(String text, double nullScore) {
    return new SpanAnswer(
        text, 0, 1, 0, 1, 0.5, nullScore, List.of(new SpanAnswer.Candidate(text, 0, 1, 1, 0.5)));
  }

  @Example
  void tunesTheThresholdByF1() throws IOException {
    List<QuestionExample> examples =
        List.of(
            question("1", "red green", "red"),
            question("2", "red green", null),
            question("3", "red green", "green"));
    List<Answer> answers = List.of(span("red", 1.5), span("red", 4), span("green", 2.5));
    assertThat(asked2.tunes()).isTrue();
    assertThat(asked1.tunes()).isFalse();
    Map<String, Double> untuned = asked2.score(examples, answers).metrics();
    assertThat(untuned.get("f1")).isCloseTo(1 / 3.0, within(1e-9));
    assertThat(untuned)
        .containsEntry("hasans_f1", 0.0)
        .containsEntry("noans_f1", 1.0)
        .containsEntry("best_f1", 1.0);
    PreparedQuestions tuned = asked2.tune(examples, answers);
    assertThat(tuned.task().nullThreshold()).isEqualTo(3.25);
    assertThat(tuned.score(examples, answers).metrics())
        .containsEntry("f1", 1.0)
        .containsEntry("em", 1.0);
    assertThat(TaskKinds.standard().read(EntityTaskTest.throughJson(tuned.definition())))
        .isEqualTo(tuned.task());
    assertThat(squad2.metricNames())
        .containsExactlyElementsOf(asked2.score(examples, answers).metrics().keySet());
    assertThat(squad2.nullScores(examples, answers)).containsEntry("2", 4.0);
  }

  @Example
  void aQuestionWithoutAnswerIsABadRowOfSquad1() throws IOException {
    Path file = Files.createTempFile("squad", ".jsonl");
    try {
      Files.writeString(
          file,
          "{\"id\":\"a\",\"question\":\"q\",\"context\":\"x y\",\"answers\":"
              + "{\"text\":[\"y\"],\"answer_start\":[2]}}\n"
              + "{\"id\":\"b\",\"question\":\"q\",\"context\":\"x y\",\"answers\":"
              + "{\"text\":[],\"answer_start\":[]}}\n",
          StandardCharsets.UTF_8);
      Examples<QuestionExample> read = squad1.read(file);
      assertThat(read.examples()).hasSize(1);
      assertThat(read.badRows().toString()).contains("line 2", "squad2");
      assertThat(squad2.read(file).examples()).hasSize(2);
      assertThat(squad1.readUnlabelled(file).examples()).hasSize(2);
      assertThat(asked1.score(read.examples(), List.of(span("the y", 0))).metrics())
          .containsEntry("em", 1.0)
          .containsEntry("f1", 1.0);
    } finally {
      Files.delete(file);
    }
  }

  @Example
  void readsRows() throws UnusableRowException {
    QuestionExample example = squad2.readRow(new Row(7, Map.of("question", "q ?", "context", "c")));
    assertThat(example.hasLabel()).isFalse();
    assertThat(example.id()).isEqualTo("7");
    assertThatThrownBy(() -> squad2.readRow(new Row(1, Map.of("question", "q"))))
        .isInstanceOf(UnusableRowException.class)
        .hasMessageContaining("'context'");
  }

  /** A submission is told apart by ids: without them answers would be lost without a word. */
  @Example
  void aSubmissionNeedsTheQuestionsIds() throws UnusableRowException {
    QuestionTask task = QuestionTask.answerable("own", "own");
    SpanAnswer answer = new SpanAnswer("a", 0, 1, 0, 1, 1, 0, List.of());
    QuestionExample unnamed = task.readRow(new Row(3, Map.of("question", "q", "context", "a b")));
    assertThatThrownBy(() -> task.submission(List.of(unnamed), List.of(answer)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("line 3: the question has no id, by which the server knows it");
    QuestionExample named =
        task.readRow(new Row(3, Map.of("id", "3", "question", "q", "context", "a b")));
    assertThat(task.submission(List.of(named), List.of(answer))).isEqualTo("{\"3\":\"a\"}\n");
    assertThatThrownBy(() -> task.submission(List.of(named, named), List.of(answer, answer)))
        .hasMessageContaining("the id 3 is that of an earlier question");
    assertThatThrownBy(() -> task.submission(List.of(named), List.of()))
        .hasMessageContaining("1 examples and 0 answers");
  }

  /** Where only questions without any span are left, the threshold is as near as others'. */
  @Example
  void aThresholdIsNeverHalfwayToInfinity() {
    List<QuestionExample> examples =
        List.of(question("1", "red green", "red"), question("2", "red green", null));
    List<Answer> answers = List.of(span("red", 1.5), span("red", Double.POSITIVE_INFINITY));
    assertThat(asked2.tune(examples, answers).task().nullThreshold()).isEqualTo(2.5);
  }

  @Example
  void aQuestionIsAnsweredWhereItsAnswerOrThatThereIsNoneIsKnown() {
    assertThat(squad2.content(question("1", "red green", "red")))
        .isEqualTo(
            new ExampleContent(List.of("who is it ?", "red green"), List.of("answerable"), true));
    assertThat(squad2.content(question("1", "red green", null)))
        .isEqualTo(
            new ExampleContent(List.of("who is it ?", "red green"), List.of("unanswerable"), true));
    QuestionExample open = new QuestionExample(1, "1", null, "who?", "red", List.of(), false);
    assertThat(squad2.content(open))
        .isEqualTo(new ExampleContent(List.of("who?", "red"), List.of(), false));
  }
}
