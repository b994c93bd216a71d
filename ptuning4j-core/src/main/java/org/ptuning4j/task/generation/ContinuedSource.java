package org.ptuning4j.task.generation;

import java.util.stream.IntStream;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.RenderedCloze;
import org.ptuning4j.text.Encoding;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/**
 * A source that goes on at its end: each token of the target is told by the one before it. What is
 * too long loses the source's end, but for one token.
 *
 * @param tokens those around a target
 * @param strategy how a source is cut
 */
record ContinuedSource(TargetTokens tokens, Truncation.Strategy strategy) implements SourceForm {

  @Override
  public TokenRow row(String source, ItemEncoder encoder) {
    return ContinuedRow.of(ids(source, encoder, encoder.maxLength()));
  }

  @Override
  public RenderedCloze row(String source, ItemEncoder encoder, int[] target) {
    int[] before = ids(source, encoder, encoder.maxLength() - target.length);
    int[] ids = concat(before, target);
    return new RenderedCloze(
        ContinuedRow.of(ids), IntStream.range(before.length - 1, ids.length - 1).toArray());
  }

  @Override
  public int[] target(String text, TextTokenizer tokenizer, int most) {
    return tokens.target(tokenizer, text, most);
  }

  @Override
  public void requireEnd() {
    tokens.requireEnd();
  }

  /** The source and the separator. */
  private int[] ids(String source, ItemEncoder encoder, int most) {
    int room = Math.max(1, most - tokens.separator().length);
    Encoding encoding = encoder.tokenizer().encode(source, null, new Truncation(room, strategy, 0));
    return concat(ContinuedRow.ids(encoding), tokens.separator());
  }

  private static int[] concat(int[] one, int[] other) {
    return IntStream.concat(IntStream.of(one), IntStream.of(other)).toArray();
  }
}
