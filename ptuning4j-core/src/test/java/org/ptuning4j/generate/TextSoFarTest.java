package org.ptuning4j.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextSoFarTest {

  /** As SentencePiece does: a blank before each word, but not at the beginning of a text. */
  private static String words(int[] tokens) {
    return IntStream.of(tokens).mapToObj(token -> "w" + token).collect(Collectors.joining(" "));
  }

  @Test
  void aBlankBeforeTheFirstAddedWordIsKept() {
    TextSoFar text = new TextSoFar(TextSoFarTest::words, new int[] {1, 2}).and(3).and(4);

    assertThat(text.text()).isEqualTo(" w3 w4");
    assertThat(text.tokens()).containsExactly(3, 4);
    assertThat(text.all()).containsExactly(1, 2, 3, 4);
    assertThat(new TextSoFar(TextSoFarTest::words, new int[0]).and(3).text()).isEqualTo("w3");
  }

  @Test
  void oneThatIsContinuedTwiceStaysWhatItWas() {
    TextSoFar text = new TextSoFar(TextSoFarTest::words, new int[] {1}).and(2);

    assertThat(text.and(3).text()).isEqualTo(" w2 w3");
    assertThat(text.and(4).text()).isEqualTo(" w2 w4");
  }

  @Test
  void theEarliestStopStringCounts() {
    assertThat(TextSoFar.stop("one two three", List.of("three", "two"))).isEqualTo(4);
    assertThat(TextSoFar.stop("one", List.of("two"))).isEqualTo(-1);
  }

  @Test
  void whatMayBecomeAStopStringIsNotSettled() {
    List<String> stops = List.of("\n\n", "END");

    assertThat(TextSoFar.settled("a line", stops)).isEqualTo(6);
    assertThat(TextSoFar.settled("a line\n", stops)).isEqualTo(6);
    assertThat(TextSoFar.settled("the EN", stops)).isEqualTo(4);
    assertThat(TextSoFar.settled("the E", stops)).isEqualTo(4);
    assertThat(TextSoFar.settled("caf\uFFFD", stops)).isEqualTo(3);
  }

  /** A model that says a fixed text. */
  private static final class Script implements NextTokens {

    private final int[] script;
    private int at;

    Script(int... script) {
      this.script = script;
    }

    @Override
    public int rows() {
      return 1;
    }

    @Override
    public float[][] scores() {
      float[] scores = new float[30];
      scores[script[at]] = 1;
      return new float[][] {scores};
    }

    @Override
    public void advance(int[] parents, int[] tokens) {
      at++;
    }

    @Override
    public int room(int row) {
      return 100;
    }

    @Override
    public void close() {}
  }

  private static Continuation tell(Map<String, String> told, List<String> pieces, Script script) {
    Ends ends = new Ends(Set.of(0), List.of("def"));
    TextListener listener =
        (request, sequence, text) -> {
          told.merge(request + "/" + sequence, text, String::concat);
          pieces.add(text);
        };
    return new TokenSearch(GenerationSettings.greedy(), ends, listener)
        .run(List.of(new int[] {1}), script, TableModel::decode)
        .get(0)
        .get(0);
  }

  @Test
  void theListenerIsToldTheTextAndNothingOfAStopString() {
    Map<String, String> told = new TreeMap<>();
    List<String> pieces = new ArrayList<>();

    Continuation stopped = tell(told, pieces, new Script(2, 3, 4, 5, 7, 4, 5, 6, 8));

    assertThat(stopped.text()).isEqualTo("bcdeg");
    assertThat(stopped.ending()).isEqualTo(Ending.STOP_STRING);
    assertThat(stopped.tokens()).containsExactly(2, 3, 4, 5, 7, 4, 5, 6);
    assertThat(told).isEqualTo(Map.of("0/0", "bcdeg"));
    assertThat(pieces).containsExactly("b", "c", "deg");
  }

  @Test
  void whatWasHeldBackIsToldAtTheEnd() {
    Map<String, String> told = new TreeMap<>();

    Continuation ended = tell(told, new ArrayList<>(), new Script(2, 4, 5, 0));

    assertThat(ended.text()).isEqualTo("bde");
    assertThat(ended.ending()).isEqualTo(Ending.END_TOKEN);
    assertThat(told).isEqualTo(Map.of("0/0", "bde"));
  }
}
