package org.ptuning4j.backbone.layer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ptuning4j.GoldenSet;

/** Which row of a table of T5's or MPNet's stands for which distance. */
class T5BucketsTest {

  private static final int FARTHEST = 520;

  @Test
  void bucketsAreThoseOfThePublishedCode() {
    JsonNode tables = GoldenSet.json(GoldenSet.folder().resolve("tables").resolve("tables.json"));
    Map<Boolean, Integer> compared = new HashMap<>();
    for (JsonNode table : tables.get("t5")) {
      compared.merge(table.get("bidirectional").asBoolean(), 1, Integer::sum);
      T5Buckets buckets =
          new T5Buckets(
              table.get("num_buckets").asInt(),
              table.get("max_distance").asInt(),
              table.get("bidirectional").asBoolean());
      long[] rows = buckets.rows(-FARTHEST, 2 * FARTHEST + 1);
      for (int i = 0; i < rows.length; i++) {
        // The table counts from key to query.
        assertThat(rows[i])
            .as("%s, distance %d", buckets, i - FARTHEST)
            .isEqualTo(table.get("bucket").get(2 * FARTHEST - i).asLong());
      }
    }
    assertThat(compared).containsOnlyKeys(true, false);
  }
}
