package org.ptuning4j.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Offsets of published data sets count code points; a Java string counts an emoji twice. */
class CodePointTextTest {

  /** Five code points, and seven UTF-16 units. */
  private static final CodePointText EMOJI = new CodePointText("a😀b😀c");

  @Test
  void anEmojiIsOneCharacter() {
    assertThat(EMOJI.length()).isEqualTo(5);
    assertThat(EMOJI.utf16(0)).contains(0);
    assertThat(EMOJI.utf16(2)).contains(3);
    assertThat(EMOJI.utf16(5)).contains(7);
    assertThat(EMOJI.utf16(6)).isEmpty();
    assertThat(EMOJI.utf16(-1)).isEmpty();
  }

  @Test
  void aPartIsFromItsFirstCharacterUpToTheOneAfterItsLast() {
    assertThat(EMOJI.between(1, 3)).contains("😀b");
    assertThat(EMOJI.between(0, 5)).contains("a😀b😀c");
    assertThat(EMOJI.between(5, 5)).contains("");
    assertThat(EMOJI.between(3, 2)).isEmpty();
    assertThat(EMOJI.between(3, 6)).isEmpty();
    assertThat(EMOJI.between(-1, 2)).isEmpty();
  }

  @Test
  void aPartIsNoLongerThanTheText() {
    assertThat(EMOJI.upTo(2, 3)).isEqualTo("b😀");
    assertThat(EMOJI.upTo(3, 3)).isEqualTo("b😀c");
    assertThat(EMOJI.upTo(9, 3)).isEqualTo("b😀c");
    assertThat(EMOJI.upTo(0, 3)).isEmpty();
  }

  @Test
  void theNearestOccurrenceIsFoundOnEitherSide() {
    CodePointText text = new CodePointText("Ada met Bob, and Ada left");
    assertThat(text.nearest("Ada", 1)).contains(0);
    assertThat(text.nearest("Ada", 16)).contains(17);
    assertThat(text.nearest("Bob", 0)).as("behind").contains(8);
    assertThat(text.nearest("Bob", 20)).as("before").contains(8);
    assertThat(text.nearest("Ada", 24)).as("the last one").contains(17);
    assertThat(text.nearest("met", 25)).as("from the end").contains(4);
    assertThat(text.nearest("Ada", 999)).as("from beyond the end").contains(17);
    assertThat(text.nearest("Eve", 5)).isEmpty();
  }

  @Test
  void anOccurrenceAtTheBeginningCounts() {
    assertThat(new CodePointText("Ada left").nearest("Ada", 5)).contains(0);
    assertThat(new CodePointText("Ada left").nearest("Ada", 0)).contains(0);
    assertThat(new CodePointText("Ada saw no Ada").nearest("Ada", 3)).contains(0);
  }

  @Test
  void ofTwoThatAreAsNearTheEarlierOneCounts() {
    assertThat(new CodePointText("xx.xx").nearest("xx", 0)).contains(0);
    assertThat(new CodePointText(".ab.ab").nearest("a", 2)).contains(1);
    assertThat(new CodePointText(".a..a.").nearest("a", 2)).contains(1);
    assertThat(new CodePointText(".a..a.").nearest("a", 3)).contains(4);
    assertThat(new CodePointText(".a...a.").nearest("a", 3)).contains(1);
  }

  /** The place is counted in characters, though what is near is measured in UTF-16 units. */
  @Test
  void emojisBeforeAnOccurrenceAreOneCharacterEach() {
    CodePointText text = new CodePointText("😀😀 Ada 😀 Bob");
    assertThat(text.nearest("Bob", 0)).contains(9);
    assertThat(text.nearest("Ada", 9)).contains(3);
  }
}
