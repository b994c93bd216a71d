package org.ptuning4j.backbone.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** How far a causal window goes into a prefix. */
class PrefixWindowTest {

  private static final float FAR = Float.NEGATIVE_INFINITY;

  /** Which columns of prefix and text each query meets, {@code [B][m][P+n]}. */
  private static String[][] met(Reach reach, TokenBatch tokens, LayerPrefix prefix) {
    return Scope.run(
        () -> {
          ScoreMasks masks = new ScoreMasks(Engine.reference(), tokens);
          masks.prepare(reach);
          ReadColumns read = ReadColumns.all(tokens.columns());
          Tensor mask = masks.of(reach, read, Optional.of(prefix)).orElseThrow();
          String[][] met = new String[tokens.rows()][tokens.columns()];
          for (int row = 0; row < tokens.rows(); row++) {
            for (int query = 0; query < tokens.columns(); query++) {
              StringBuilder each = new StringBuilder();
              Tensor line = mask.select(0, mask.size(0) == 1 ? 0 : row).select(0, 0);
              for (float value : Tensors.floats(line.select(0, query))) {
                each.append(value == 0 ? '1' : '0');
              }
              met[row][query] = each.toString();
            }
          }
          return met;
        });
  }

  private static LayerPrefix prefix(int rows, float... mask) {
    int length = mask.length / rows;
    Tensor keys = torch.zeros(rows, 1, length, 2);
    return new LayerPrefix(keys, keys, Optional.of(Tensors.of(mask, rows, length)));
  }

  @Test
  void columnsThatARowLacksAreNotCounted() {
    TokenBatch tokens = new TokenBatch(2, 3, new long[6], ones(6), new long[6]);
    String[][] met = met(new Reach.CausalWindow(3), tokens, prefix(2, 0, 0, 0, 0, FAR, 0));
    assertThat(met[0]).containsExactly("011100", "001110", "000111");
    assertThat(met[1]).containsExactly("101100", "001110", "000111");
  }

  @Test
  void paddingBetweenPrefixAndTextIsNotCounted() {
    TokenBatch tokens = new TokenBatch(1, 4, new long[4], new long[] {0, 0, 1, 1}, new long[4]);
    String[][] met = met(new Reach.CausalWindow(3), tokens, prefix(1, 0, 0, 0));
    assertThat(met[0][2]).isEqualTo("0110010");
    assertThat(met[0][3]).isEqualTo("0010011");
  }

  @Test
  void otherReachesSeeAllOfAPrefix() {
    TokenBatch tokens = new TokenBatch(1, 2, new long[2], ones(2), new long[2]);
    assertThat(met(Reach.causal(), tokens, prefix(1, 0, 0, 0))[0])
        .containsExactly("11110", "11111");
    assertThat(met(new Reach.Window(0), tokens, prefix(1, 0, 0, 0))[0])
        .containsExactly("11110", "11101");
    Reach both = new Reach.CausalWindow(2).and(new Reach.CausalWindow(5));
    assertThat(met(both, tokens, prefix(1, 0, 0, 0))[0]).containsExactly("00110", "00011");
  }

  private static long[] ones(int count) {
    long[] ones = new long[count];
    java.util.Arrays.fill(ones, 1);
    return ones;
  }
}
