package org.ptuning4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TextTokenizerTest {

  private static final Truncation NONE = Truncation.none();
  private static final String PIZZA = "\uD83C\uDF55";
  private static final String FAMILY = "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67";

  private final TextTokenizer bert = TextTokenizer.open(TestTokenizers.golden("bert"));
  private final TextTokenizer roberta = TextTokenizer.open(TestTokenizers.golden("roberta"));
  private final TextTokenizer xlm = TextTokenizer.open(TestTokenizers.golden("xlm_roberta"));

  @AfterAll
  void close() {
    all().forEach(TextTokenizer::close);
  }

  private List<TextTokenizer> all() {
    return List.of(bert, roberta, xlm);
  }

  @Test
  void offsetsAreUtf16IndicesAfterCharactersOutsideTheBasicPlane() {
    String text = PIZZA + PIZZA + " the end";
    for (TextTokenizer tokenizer : all()) {
      Encoding encoding = tokenizer.encode(text, null, NONE);
      int last = encoding.length() - 2;
      assertThat(encoding.ends()[last]).isEqualTo(text.length());
      assertThat(text.substring(encoding.starts()[1], encoding.ends()[1])).startsWith(PIZZA);
    }
    Encoding words = roberta.encodeWords(List.of("x", PIZZA + "x"), List.of("é" + PIZZA), NONE);
    int[] lastOf = lastPositions(words);
    assertThat(words.ends()[lastOf[0]]).isEqualTo(3);
    assertThat(words.ends()[lastOf[1]]).isEqualTo(3);
  }

  private static int[] lastPositions(Encoding encoding) {
    int[] last = new int[2];
    for (int i = 0; i < encoding.length(); i++) {
      if (!encoding.isSpecial(i)) {
        last[encoding.sequenceIds()[i]] = i;
      }
    }
    return last;
  }

  @Test
  void halfASurrogatePairCountsAsOneReplacementCharacter() {
    for (TextTokenizer tokenizer : all()) {
      for (String broken : List.of("\uD800", "\uDC00", "\uDC00\uD800", "\uD800\uD800")) {
        String text = broken + "the " + PIZZA + broken;
        String repaired = text.replaceAll("[\uD800\uDC00]", "\uFFFD");
        assertThat(tokenizer.encode(text, null, NONE))
            .isEqualTo(tokenizer.encode(repaired, null, NONE));
      }
    }
  }

  @Test
  void loneSurrogatesDoNotShiftOffsets() {
    Encoding encoding = roberta.encode("\uDC00\uD800a", null, NONE);
    assertThat(encoding.starts()[encoding.length() - 2]).isEqualTo(2);
    assertThat(encoding.ends()[encoding.length() - 2]).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\t ", "\u200B", "\u0301", "\u0000", "a\u0000b", FAMILY, "ﬁ"})
  void encodesAnyString(String text) {
    for (TextTokenizer tokenizer : all()) {
      Encoding encoding = tokenizer.encode(text, text, NONE);
      assertThat(encoding.length()).isGreaterThanOrEqualTo(tokenizer.specialTokensOfPair());
      for (int i = 0; i < encoding.length(); i++) {
        assertThat(encoding.starts()[i]).isBetween(0, encoding.ends()[i]);
        assertThat(encoding.ends()[i]).isLessThanOrEqualTo(text.length());
      }
    }
  }

  @Test
  void nulIsDroppedByBertAndKeptByByteLevelTokenizers() {
    Encoding dropped = bert.encode("a\u0000b", null, NONE);
    assertThat(bert.decode(dropped.ids())).isEqualTo("ab");
    assertThat(dropped.ends()[dropped.length() - 2]).isEqualTo(3);
    assertThat(roberta.decode(roberta.encode("a\u0000b", null, NONE).ids())).isEqualTo("a\u0000b");
  }

  @Test
  void encodesALongText() {
    encodes(("the " + PIZZA + " ").repeat(1 << 14));
  }

  @Tag("ci")
  @Test
  void encodesAMegabyte() {
    encodes(("the " + PIZZA + " ").repeat(1 << 17));
  }

  private void encodes(String text) {
    for (TextTokenizer tokenizer : List.of(bert, roberta)) {
      Encoding whole = tokenizer.encode(text, null, NONE);
      assertThat(whole.ends()[whole.length() - 2]).isBetween(text.length() - 2, text.length());
      Encoding cut = tokenizer.encode(text, null, Truncation.to(128));
      assertThat(cut.length()).isEqualTo(128);
      assertThat(Arrays.copyOf(cut.ids(), 127)).isEqualTo(Arrays.copyOf(whole.ids(), 127));
    }
  }

  @Test
  void aMegabyteWithoutASpaceIsOneUnknownWord() {
    assertThat(bert.encode("x".repeat(1 << 20), null, NONE).ids())
        .containsExactly(
            bert.clsId().orElseThrow(), bert.unkId().orElseThrow(), bert.sepId().orElseThrow());
  }

  @Test
  void knowsItsSpecialTokens() {
    assertThat(bert.token(bert.maskId().orElseThrow())).isEqualTo("[MASK]");
    assertThat(bert.token(bert.clsId().orElseThrow())).isEqualTo("[CLS]");
    assertThat(bert.token(bert.sepId().orElseThrow())).isEqualTo("[SEP]");
    assertThat(bert.token(bert.padId())).isEqualTo("[PAD]");
    assertThat(roberta.token(roberta.maskId().orElseThrow())).isEqualTo("<mask>");
    assertThat(roberta.token(roberta.clsId().orElseThrow())).isEqualTo("<s>");
    assertThat(roberta.token(roberta.unkId().orElseThrow())).isEqualTo("<unk>");
    assertThat(roberta.padId()).isEqualTo(1);
    assertThat(bert.specialTokensOfSingle()).isEqualTo(2);
    assertThat(bert.specialTokensOfPair()).isEqualTo(3);
    assertThat(roberta.specialTokensOfPair()).isEqualTo(4);
    assertThat(bert.addsSpecialTokens()).isTrue();
  }

  @Test
  void knowsItsVocabulary() {
    int highest = roberta.vocabularySize() - 1;
    assertThat(roberta.tokenId(roberta.token(highest))).hasValue(highest);
    assertThat(roberta.tokenId("no such token")).isEmpty();
    assertThatThrownBy(() -> roberta.token(highest + 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("from 0 to " + highest);
    assertThatThrownBy(() -> bert.decode(new int[] {1, -1}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("token id -1");
    assertThat(bert.decode(new int[0])).isEmpty();
  }

  @Test
  void encodesManyAsItEncodesOne() {
    List<String> texts = texts(500);
    List<String> pairs = new ArrayList<>(texts.subList(1, texts.size()));
    pairs.add("");
    Truncation truncation = Truncation.to(24);
    for (TextTokenizer tokenizer : all()) {
      List<Encoding> singles = tokenizer.encodeAll(texts, null, truncation);
      List<Encoding> both = tokenizer.encodeAll(texts, pairs, truncation);
      for (int i = 0; i < texts.size(); i++) {
        assertThat(singles.get(i)).isEqualTo(tokenizer.encode(texts.get(i), null, truncation));
        assertThat(both.get(i)).isEqualTo(tokenizer.encode(texts.get(i), pairs.get(i), truncation));
      }
    }
    assertThat(bert.encodeAll(List.of(), null, truncation)).isEmpty();
  }

  private static List<String> texts(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "text " + i + " has é, " + PIZZA.repeat(i % 3) + "words".repeat(i % 7))
        .toList();
  }

  @Test
  void namesTheTextOfABatchThatFails() {
    Truncation second = new Truncation(12, Truncation.Strategy.ONLY_SECOND, 0);
    String endless = "the teacher explained the difficult problem near the station";
    assertThatThrownBy(() -> bert.encodeAll(List.of("a", endless), List.of("b", endless), second))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("text 1:")
        .hasMessageContaining("ONLY_SECOND");
    assertThatThrownBy(() -> bert.encodeAll(List.of("a"), List.of(), second))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("1 texts, but 0 second texts");
  }

  @Test
  void servesSeveralThreadsWithDifferentTruncations() throws Exception {
    List<String> texts = texts(200);
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      List<Callable<Boolean>> work = new ArrayList<>();
      for (int maxLength = 4; maxLength < 16; maxLength++) {
        Truncation truncation = Truncation.to(maxLength);
        List<Encoding> expected =
            texts.stream().map(t -> roberta.encode(t, null, truncation)).toList();
        work.add(() -> roberta.encodeAll(texts, null, truncation).equals(expected));
        work.add(
            () ->
                texts.stream()
                    .map(t -> roberta.encode(t, null, truncation))
                    .toList()
                    .equals(expected));
      }
      for (Future<Boolean> same : threads.invokeAll(work)) {
        assertThat(same.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void closingWhileOthersEncodeEndsInAnErrorAndNoCrash() throws Exception {
    TextTokenizer tokenizer = TextTokenizer.open(TestTokenizers.golden("bert"));
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<?>> busy = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        busy.add(threads.submit(() -> encodeUntilClosed(tokenizer)));
      }
      tokenizer.close();
      tokenizer.close();
      for (Future<?> each : busy) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThatThrownBy(() -> tokenizer.encode("a", null, NONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  private static void encodeUntilClosed(TextTokenizer tokenizer) {
    try {
      while (true) {
        assertThat(tokenizer.encode("the end", null, NONE).length()).isGreaterThan(2);
      }
    } catch (IllegalStateException closed) {
      assertThat(closed).hasMessageContaining("closed");
    }
  }

  @Test
  void windowsHoldEveryTokenOfTheCutText() {
    String question = "Who wrote it?";
    String passage = "William Shakespeare wrote it around 1600. ".repeat(9);
    Truncation truncation = new Truncation(40, Truncation.Strategy.ONLY_SECOND, 7);
    for (TextTokenizer tokenizer : all()) {
      Encoding whole = tokenizer.encode(question, passage, NONE);
      List<Encoding> windows = tokenizer.encodeWindows(question, passage, truncation);
      assertThat(windows).hasSizeGreaterThan(3);
      List<Integer> seen = new ArrayList<>();
      for (Encoding window : windows) {
        assertThat(window.length()).isLessThanOrEqualTo(40);
        List<Integer> second = idsOf(window, 1);
        assertThat(idsOf(window, 0)).isEqualTo(idsOf(whole, 0));
        if (!seen.isEmpty()) {
          assertThat(second.subList(0, 7)).isEqualTo(seen.subList(seen.size() - 7, seen.size()));
          second = second.subList(7, second.size());
        }
        seen.addAll(second);
      }
      assertThat(seen).isEqualTo(idsOf(whole, 1));
    }
  }

  private static List<Integer> idsOf(Encoding encoding, int sequence) {
    return IntStream.range(0, encoding.length())
        .filter(i -> encoding.sequenceIds()[i] == sequence)
        .mapToObj(i -> encoding.ids()[i])
        .toList();
  }

  @Test
  void windowsOfWordsKeepTheWordNumbers() {
    List<String> words = List.of("the", "teacher", "explained", "the", "difficult", "problem");
    Truncation truncation = new Truncation(8, Truncation.Strategy.LONGEST_FIRST, 2);
    Encoding whole = bert.encodeWords(words, null, NONE);
    List<Encoding> windows = bert.encodeWordWindows(words, null, truncation);
    assertThat(windows).hasSizeGreaterThan(2);
    assertThat(windows.get(0)).isEqualTo(bert.encodeWords(words, null, truncation));
    Encoding last = windows.get(windows.size() - 1);
    assertThat(last.wordIds()[last.length() - 2])
        .isEqualTo(whole.wordIds()[whole.length() - 2])
        .isEqualTo(5);
  }

  @Test
  void refusesWindowsThatHoldNothing() {
    assertThatThrownBy(() -> bert.encodeWindows("the end", null, Truncation.to(2)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("maxLength 2 leaves no room");
    String endless = "the end ".repeat(2000);
    Truncation tiny = Truncation.to(7);
    assertThatThrownBy(() -> bert.encodeWindows(endless, endless, tiny))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("more than 65536");
  }

  @Test
  void aPairIsEncodedEvenIfItIsEmpty() {
    assertThat(bert.encode("a", "", NONE).length())
        .isEqualTo(bert.encode("a", null, NONE).length() + 1);
    assertThat(bert.encodeWords(List.of(), null, NONE).length()).isEqualTo(2);
  }

  @Test
  void partsWithoutSpecialTokensMakeUpTheWhole() {
    Encoding whole = bert.encode("the end", null, NONE);
    Encoding part = bert.encodeWithoutSpecialTokens("the end", null, NONE);
    assertThat(part.ids()).isEqualTo(Arrays.copyOfRange(whole.ids(), 1, whole.length() - 1));
    assertThat(part.sequenceIds()).containsOnly(0);
  }
}
