package org.ptuning4j.backbone.deberta;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.ptuning4j.GoldenSet;

/** Which row of DeBERTa's table stands for which distance. */
class LogBucketsTest {

  private static final int FARTHEST = 520;

  @Test
  void bucketsAreThoseOfTheOtherImplementation() {
    JsonNode tables = GoldenSet.json(GoldenSet.folder().resolve("tables").resolve("tables.json"));
    assertThat(tables.get("deberta_v2")).hasSizeGreaterThanOrEqualTo(5);
    for (JsonNode table : tables.get("deberta_v2")) {
      int span = table.get("bucket_size").asInt();
      LogBuckets buckets = new LogBuckets(span, table.get("max_position").asInt());
      long[] rows = buckets.rows(-FARTHEST, 2 * FARTHEST + 1);
      for (int i = 0; i < rows.length; i++) {
        long bucket = table.get("bucket").get(i).asLong();
        assertThat(rows[i])
            .as("%s, distance %d", buckets, i - FARTHEST)
            .isEqualTo(Math.max(0, Math.min(2L * span - 1, bucket + span)));
      }
    }
  }

  @Test
  void clippedDistancesShareTheLastRows() {
    assertThat(new ClippedDistances(2).rows(-4, 9)).containsExactly(0, 0, 0, 1, 2, 3, 3, 3, 3);
  }
}
