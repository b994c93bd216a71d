package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** The position table is a row's own limit, whatever stands beside it in the batch. */
class PositionsTest {

  private static final int[] SHORT = {5, 30, 31, 6};

  @ParameterizedTest
  @ValueSource(strings = {"bert", "roberta", "distilbert", "electra", "albert"})
  void aShiftedRowBesideALongOneIsWhatItIsAlone(String family) {
    try (Backbone backbone = load(family)) {
      int usable = backbone.spec().maxPositions();
      int shift = usable - SHORT.length;
      int[] longest = new int[usable];
      Arrays.fill(longest, 30);
      float[] together = first(backbone, List.of(longest, SHORT), new int[] {0, shift}, 1);
      float[] alone = first(backbone, List.of(SHORT), new int[] {shift}, 0);
      for (int i = 0; i < alone.length; i++) {
        assertThat(together[i]).isCloseTo(alone[i], within(1e-4f));
      }
      assertThatThrownBy(
              () -> first(backbone, List.of(longest, SHORT), new int[] {0, shift + 1}, 1))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("prompt length " + (shift + 1) + " and text length 4");
    }
  }

  private static Backbone load(String family) {
    ModelFolder folder = ModelFolder.open(TinyModel.folder(family));
    return BackboneFamilies.standard().load(folder, Engine.reference());
  }

  /** The first token's state of a row. */
  private static float[] first(Backbone backbone, List<int[]> rows, int[] shifts, int row) {
    return Scope.run(
        () -> {
          List<int[]> types = rows.stream().map(ids -> new int[ids.length]).toList();
          TokenBatch batch =
              TokenBatch.of(rows, types, backbone.spec().modelType().equals("bert") ? 0 : 1);
          Injection injection = Injection.deep(Map.of(), Optional.of(shifts));
          BackboneOutput output =
              backbone.forward(batch, injection, ForwardOptions.evaluation(Positions.ANCHOR));
          return Tensors.floats(output.first().select(0, row));
        });
  }
}
