package org.ptuning4j.task.tagging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
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
import org.ptuning4j.hub.Models;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.text.Encoding;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

class WordWindowsTest {

  private static final TextTokenizer BERT = TextTokenizer.open(TinyModel.folder("bert"));
  private static final TextTokenizer ROBERTA = TextTokenizer.open(TinyModel.folder("roberta"));
  private static final TextTokenizer XLM = TextTokenizer.open(TinyModel.folder("xlm_roberta"));
  private static final TextTokenizer MINI = TextTokenizer.open(Models.resolve("bert-mini"));

  @AfterContainer
  static void close() {
    List.of(BERT, ROBERTA, XLM, MINI).forEach(TextTokenizer::close);
  }

  @Provide
  Arbitrary<List<String>> sentences() {
    Arbitrary<String> odd =
        Arbitraries.of(
            "the",
            "France",
            "'s",
            "😀",
            "👩‍👩‍👧",
            "سلام",
            "中文字",
            "\u0001",
            "\u200d",
            "...",
            "unbelievably",
            "O'Neil's",
            "*",
            "é",
            "e\u0301",
            "\ud83d",
            "a b",
            "1,000.50");
    Arbitrary<String> any =
        Arbitraries.strings().ofMinLength(1).ofMaxLength(7).filter(word -> !word.isBlank());
    return Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(4, odd), net.jqwik.api.Tuple.of(1, any))
        .list()
        .ofMinSize(1)
        .ofMaxSize(60);
  }

  /** The words that have a token, by another way of the tokenizer's. */
  private static Set<Integer> tokened(TextTokenizer tokenizer, List<String> words) {
    Set<Integer> found = new TreeSet<>();
    Encoding encoding = tokenizer.encodeWords(words, null, Truncation.none());
    for (int i = 0; i < encoding.length(); i++) {
      if (!encoding.isSpecial(i)) {
        found.add(encoding.wordIds()[i]);
      }
    }
    return found;
  }

  @Property(tries = 300)
  void eachWordWithATokenIsJudgedOnce(
      @ForAll("sentences") List<String> words,
      @ForAll @IntRange(min = 5, max = 40) int maxLength,
      @ForAll @IntRange(min = 0, max = 30) int overlap) {
    for (TextTokenizer tokenizer : List.of(BERT, ROBERTA, XLM)) {
      ItemEncoder encoder = new ItemEncoder(tokenizer, maxLength);
      check(WordWindows.of(words, overlap, encoder), words, encoder);
    }
  }

  @Property(tries = 200)
  void eachWordIsJudgedOnceAroundThePredicate(
      @ForAll("sentences") List<String> words,
      @ForAll @IntRange(min = 28, max = 60) int maxLength,
      @ForAll @IntRange(min = 0, max = 30) int overlap,
      @ForAll @IntRange(min = 0, max = 1000) int at,
      @ForAll boolean marked) {
    int core = at % words.size();
    for (TextTokenizer tokenizer : List.of(BERT, ROBERTA)) {
      ItemEncoder encoder = new ItemEncoder(tokenizer, maxLength);
      check(
          WordWindows.around(words, core, marked, words.get(core), overlap, encoder),
          words,
          encoder);
    }
  }

  private static void check(List<WordWindow> windows, List<String> words, ItemEncoder encoder) {
    List<Integer> judged = new ArrayList<>();
    for (WordWindow window : windows) {
      assertThat(window.row().length()).isBetween(1, encoder.maxLength());
      assertThat(window.reads()).hasSameSizeAs(window.words()).isSorted();
      Arrays.stream(window.reads())
          .forEach(read -> assertThat(read).isBetween(0, window.row().length() - 1));
      Arrays.stream(window.words()).forEach(judged::add);
    }
    Collections.sort(judged);
    assertThat(judged).containsExactlyElementsOf(tokened(encoder.tokenizer(), words));
  }

  /** A tokenizer whose words never depend on their neighbours shows which token is read. */
  @Property(tries = 150)
  void theFirstSubWordIsRead(
      @ForAll("sentences") List<String> words, @ForAll @IntRange(min = 5, max = 40) int maxLength) {
    for (TextTokenizer tokenizer : List.of(BERT, XLM)) {
      for (WordWindow window : WordWindows.of(words, 4, new ItemEncoder(tokenizer, maxLength))) {
        for (int i = 0; i < window.reads().length; i++) {
          Encoding word =
              tokenizer.encodeWithoutSpecialTokens(
                  words.get(window.words()[i]), null, Truncation.none());
          assertThat(window.row().ids()[window.reads()[i]]).isEqualTo(word.ids()[0]);
        }
      }
    }
  }

  @Example
  void aShortSentenceIsWhatTheTokenizerGives() {
    List<String> words = List.of("the", "capital", "of", "France");
    for (TextTokenizer tokenizer : List.of(BERT, ROBERTA)) {
      List<WordWindow> windows = WordWindows.of(words, 8, new ItemEncoder(tokenizer, 64));
      Encoding whole = tokenizer.encode(String.join(" ", words), null, Truncation.none());
      assertThat(windows).hasSize(1);
      assertThat(windows.get(0).row().ids()).isEqualTo(whole.ids());
      assertThat(windows.get(0).row().typeIds()).isEqualTo(whole.typeIds());
    }
  }

  @Example
  void aWordIsJudgedWhereMostIsShownAroundIt() {
    List<String> words = Collections.nCopies(10, "the"); // one token each
    List<WordWindow> windows = WordWindows.of(words, 3, new ItemEncoder(BERT, 8));
    // room for 6, of which 2 are shared: tokens 0–5 and 4–9
    assertThat(windows.stream().map(WordWindow::words))
        .containsExactly(new int[] {0, 1, 2, 3, 4}, new int[] {5, 6, 7, 8, 9});
  }

  @Example
  void everyWindowHasTheMarkedPredicate() {
    List<String> words = new ArrayList<>(Collections.nCopies(60, "the"));
    words.set(30, "jumps");
    int[] core = MINI.encodeWithoutSpecialTokens("* jumps *", null, Truncation.none()).ids();
    List<WordWindow> windows =
        WordWindows.around(words, 30, true, "jumps", 4, new ItemEncoder(MINI, 20));
    assertThat(windows).hasSizeGreaterThan(3);
    assertThat(windows.stream().map(window -> list(window.row().ids())))
        .allMatch(ids -> Collections.indexOfSubList(ids, list(core)) > 0);
    assertThat(windows.get(0).words()).contains(30);
  }

  private static List<Integer> list(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  @Example
  void aLengthWithoutRoomIsRefused() {
    assertThatThrownBy(() -> WordWindows.of(List.of("the"), 0, new ItemEncoder(BERT, 2)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("max_length: 2 leaves no room");
  }
}
