package org.ptuning4j.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A table answers as a map of tokens and ids does. */
class TokenTableTest {

  @Test
  void answersAsTheMapThatItIsMadeOf() {
    Map<String, Integer> ids = new HashMap<>();
    SplittableRandom random = new SplittableRandom(3);
    for (int id = 0; id < 5_000; id++) {
      if (id % 7 != 3) {
        ids.put("wört" + Integer.toString(random.nextInt(1 << 30), 36) + "-" + id, id);
      }
    }
    TokenTable table = new TokenTable(ids);
    assertThat(table.size()).isEqualTo(5_000);
    ids.forEach(
        (token, id) -> {
          assertThat(table.id(token)).hasValue(id);
          assertThat(table.token(id)).hasValue(token);
          assertThat(table.id(token + "x")).isEmpty();
        });
    assertThat(table.token(3)).isEmpty();
    assertThat(table.token(4_995)).isPresent();
  }

  /** "Aa" and "BB" have the same hash code; so do words made of them. */
  @Test
  void findsTokensOfTheSameHash() {
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (String token : new String[] {"AaAa", "AaBB", "BBAa", "BBBB"}) {
      ids.put(token, ids.size());
    }
    TokenTable table = new TokenTable(ids);
    ids.forEach((token, id) -> assertThat(table.id(token)).hasValue(id));
    assertThat(table.id("CcAa")).isEmpty();
  }

  @Test
  void keepsEmptyAndLongTokensAndTwoOfOneId() {
    Map<String, Integer> ids = new LinkedHashMap<>();
    ids.put("", 0);
    ids.put("一".repeat(300), 2);
    ids.put("first", 5);
    ids.put("second", 5);
    TokenTable table = new TokenTable(ids);
    assertThat(table.id("")).hasValue(0);
    assertThat(table.token(0)).hasValue("");
    assertThat(table.token(2)).hasValue("一".repeat(300));
    assertThat(table.id("first")).isEqualTo(OptionalInt.of(5)).isEqualTo(table.id("second"));
    assertThat(table.token(5)).hasValue("second");
    assertThat(table.size()).isEqualTo(6);
  }

  @Test
  void canBeEmpty() {
    TokenTable table = new TokenTable(Map.of());
    assertThat(table.size()).isZero();
    assertThat(table.id("a")).isEmpty();
  }
}
