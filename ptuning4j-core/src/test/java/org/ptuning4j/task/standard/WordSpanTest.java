package org.ptuning4j.task.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;

/** Where a span is in its text, and what the text is with two of them marked. */
class WordSpanTest {

  private static WordSpan found(String text, int word, String span) throws UnusableRowException {
    return WordSpan.in(text, new Row(1, Map.of("span1_text", span, "span1_index", word)), "span1");
  }

  /** Behind a quotation mark even the beginning of a text looks like the end of a word. */
  @Test
  void aSpanThatIsLongerThanItsTextIsNotThere() throws UnusableRowException {
    String text = "\"Bob\" saw the old";
    assertThat(found(text, 2, "the old")).isEqualTo(new WordSpan(10, 17));
    assertThatThrownBy(() -> found(text, 2, "the old kettle"))
        .isInstanceOf(UnusableRowException.class)
        .hasMessage(
            "'span1_text' is 'the old kettle', yet the text has 'the old' at word 2 (counted from"
                + " 0)");
    assertThat(found(text, 0, "Bob")).isEqualTo(new WordSpan(1, 4));
  }

  @Test
  void neighboursDoNotOverlap() throws UnusableRowException {
    WordSpan first = new WordSpan(0, 2);
    WordSpan second = new WordSpan(2, 4);
    assertThat(WordSpan.marked("abcd", first, '#', second, '*')).isEqualTo("#ab#*cd*");
    assertThat(WordSpan.marked("abcd", second, '#', first, '*')).isEqualTo("*ab*#cd#");
    assertThatThrownBy(() -> WordSpan.marked("abcd", first, '#', new WordSpan(1, 3), '*'))
        .isInstanceOf(UnusableRowException.class)
        .hasMessage("the spans 'ab' and 'bc' overlap");
    assertThatThrownBy(() -> WordSpan.marked("abcd", new WordSpan(1, 3), '#', first, '*'))
        .hasMessage("the spans 'bc' and 'ab' overlap");
  }
}
