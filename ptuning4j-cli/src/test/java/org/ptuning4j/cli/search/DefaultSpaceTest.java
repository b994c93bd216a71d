package org.ptuning4j.cli.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.head.EmbeddingPooling;
import org.ptuning4j.search.Domain;
import org.ptuning4j.search.Domain.Listed;
import org.ptuning4j.task.standard.Tasks;

/** A search tries what the defaults do not do by themselves. */
class DefaultSpaceTest {

  private static final int LAYERS = 6;

  private static DefaultSpace space(String task, String pooling) {
    return new DefaultSpace(
        new BackboneSpec("bert", LAYERS, 8, 2, 2, 4, 8, 64, 470, 2, true, true, 0, 0),
        Tasks.standard().get(task),
        true,
        Map.of("p-tuning-v2", 1e-2),
        new EmbeddingPooling(pooling.isEmpty() ? List.of() : List.of(pooling)));
  }

  @ParameterizedTest
  @CsvSource({"conll04, '', 5", "conll04, mean, 6", "conll04, cls, 6", "sst2, mean, 5"})
  void theOtherLayer(String task, String pooling, String layer) {
    assertThat(space(task, pooling).of("read-layer", Optional.empty()))
        .contains(new Listed(List.of(Domain.UNSET, layer)));
  }

  @ParameterizedTest
  @CsvSource({"sst2, '', true", "sst2, cls, true", "sst2, mean, false", "conll04, '', false"})
  void theMeanWhereTheHeadDoesNotReadItAnyway(String task, String pooling, boolean tried) {
    DefaultSpace space = space(task, pooling);
    assertThat(space.of("head", Optional.empty()).isPresent()).isEqualTo(tried);
    assertThat(space.changes().stream().anyMatch(each -> each.settings().containsKey("head")))
        .isEqualTo(tried);
  }

  /** The layer below comes first for words alone, and only where it is not the default. */
  @ParameterizedTest
  @CsvSource({"conll04, '', 0", "conll04, mean, 2", "sst2, '', 3", "sst2, mean, 2"})
  void whenTheLayerIsTried(String task, String pooling, int place) {
    assertThat(space(task, pooling).changes().get(place).settings()).containsKey("read-layer");
  }
}
