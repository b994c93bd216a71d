package org.ptuning4j.prompt.setting;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.settings.InvalidSettingException;

/**
 * Which layers of a backbone carry prompts. Layers are counted from 1 (next to the input) to L, as
 * in figure 3 of P-Tuning v2.
 *
 * @param text {@code all}, {@code top:k} (the k layers next to the output: the paper's descending
 *     order), {@code bottom:k}, or a list such as {@code 1,3,9-12}
 */
public record LayerRange(String text) {

  private static final Pattern ENDS = Pattern.compile("(top|bottom):(\\d{1,4})");
  private static final Pattern INTERVAL = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");

  /** Checks the form; whether the layers exist is known only with the backbone. */
  public LayerRange {
    if (!text.equals("all") && !ENDS.matcher(text).matches()) {
      for (String part : text.split(",", -1)) {
        if (!INTERVAL.matcher(part).matches()) {
          throw new InvalidSettingException(
              "layers",
              "'"
                  + text
                  + "' is not of the form all, top:K, bottom:K, or numbers and intervals such as"
                  + " 1,3,9-12");
        }
      }
    }
  }

  /** Every layer. */
  public static LayerRange all() {
    return new LayerRange("all");
  }

  /**
   * The indices of the layers in a backbone, from 0, in ascending order.
   *
   * @throws InvalidInputException if a layer lies outside 1 … L, or is named twice
   */
  public List<Integer> indices(int layers) {
    if (text.equals("all")) {
      return IntStream.range(0, layers).boxed().toList();
    }
    Matcher ends = ENDS.matcher(text);
    if (ends.matches()) {
      int count = Integer.parseInt(ends.group(2));
      requireWithin(count, layers);
      int first = ends.group(1).equals("top") ? layers - count : 0;
      return IntStream.range(first, first + count).boxed().toList();
    }
    TreeSet<Integer> indices = new TreeSet<>();
    for (String part : text.split(",", -1)) {
      Matcher interval = INTERVAL.matcher(part);
      if (interval.matches()) {
        int from = Integer.parseInt(interval.group(1));
        int to = interval.group(2) == null ? from : Integer.parseInt(interval.group(2));
        requireWithin(from, layers);
        requireWithin(to, layers);
        if (from > to) {
          throw InvalidInputException.of("layers: interval '%s' runs backwards", part);
        }
        for (int layer = from; layer <= to; layer++) {
          if (!indices.add(layer - 1)) {
            throw InvalidInputException.of("layers: '%s' names layer %d twice", text, layer);
          }
        }
      }
    }
    return new ArrayList<>(indices);
  }

  /** Whether a backbone of so many layers has these. */
  public boolean isWithin(int layers) {
    return text.equals("all")
        || Arrays.stream(text.split("[^0-9]+"))
            .filter(number -> !number.isEmpty())
            .mapToInt(Integer::parseInt)
            .allMatch(layer -> layer >= 1 && layer <= layers);
  }

  private void requireWithin(int layer, int layers) {
    if (layer < 1 || layer > layers) {
      throw InvalidInputException.of(
          "layers: '%s' asks for layer %d; the layers that are computed are 1 to %d",
          text, layer, layers);
    }
  }
}
