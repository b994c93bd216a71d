package org.ptuning4j.task.generation;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.task.template.Blank;
import org.ptuning4j.task.template.ClozeTemplate;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.RenderedCloze;
import org.ptuning4j.task.template.SentinelTokens;
import org.ptuning4j.text.Encoding;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/**
 * A source that an encoder reads, with the token that ends it, and a target that a decoder writes
 * after the token that every target begins with. A source may have one blank, the sentinel {@code
 * <extra_id_0>}; its target begins with that, too. What is too long loses the source's end, or the
 * longer side of its blank; the target takes nothing of the source's length.
 *
 * @param tokens those around a target
 * @param separator what a source ends with
 * @param strategy how a source is cut
 */
record EncodedSource(TargetTokens tokens, String separator, Truncation.Strategy strategy)
    implements SourceForm {

  private static final ClozeTemplate WITHIN = ClozeTemplate.parse("{before}{mask}{after}");

  @Override
  public TokenRow row(String source, ItemEncoder encoder) {
    TokenRow row = row(source, encoder, new int[1]).row();
    return row.withAnchor(row.length() - 1);
  }

  @Override
  public RenderedCloze row(String source, ItemEncoder encoder, int[] target) {
    int blank = source.indexOf(SentinelTokens.SENTINEL);
    return blank >= 0 && SentinelTokens.areIn(encoder.tokenizer())
        ? withBlank(source, blank, encoder, target)
        : plain(source, encoder, target);
  }

  private RenderedCloze plain(String source, ItemEncoder encoder, int[] target) {
    Encoding read =
        encoder
            .tokenizer()
            .encode(source + separator, null, new Truncation(encoder.maxLength(), strategy, 0));
    if (read.length() == 0) {
      throw new InvalidInputException("text: it has no token; give a word at least");
    }
    int start = read.length();
    int[] ids = Arrays.copyOf(read.ids(), start + target.length);
    ids[start] = encoder.tokenizer().padId();
    System.arraycopy(target, 0, ids, start + 1, target.length - 1);
    TokenRow row = TokenRow.of(ids, new int[ids.length]).withAnchor(start).withTarget(start);
    return new RenderedCloze(row, IntStream.range(start, ids.length).toArray());
  }

  private RenderedCloze withBlank(String source, int at, ItemEncoder encoder, int[] target) {
    String after = source.substring(at + SentinelTokens.SENTINEL.length());
    if (after.contains(SentinelTokens.SENTINEL)) {
      throw InvalidInputException.of(
          "text: it has the blank %s more than once; one is filled at a time",
          SentinelTokens.SENTINEL);
    }
    int most = encoder.maxLength();
    boolean whole = strategy == Truncation.Strategy.NONE || most == Integer.MAX_VALUE;
    return WITHIN.render(
        Map.of("before", source.substring(0, at), "after", after),
        encoder.withMaxLength(whole ? Integer.MAX_VALUE : most + target.length + 1),
        new Blank.Sentinel(SentinelTokens.of(encoder.tokenizer())),
        target);
  }

  @Override
  public int[] target(String text, TextTokenizer tokenizer, int most) {
    return tokens.target(tokenizer, text, most);
  }

  @Override
  public void requireEnd() {
    tokens.requireEnd();
  }
}
