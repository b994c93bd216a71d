package org.ptuning4j.backbone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;

/** The fields of a {@code config.json}; each error names file and field. */
public final class ModelConfig {

  /** Many times as many as any model has: more is a broken file, and would fill the memory. */
  private static final int MOST_LAYERS = 10_000;

  private final Path file;
  private final String section; // what precedes a field's name, such as "rope_parameters."
  private final JsonNode config;

  ModelConfig(Path file, JsonNode config) {
    this(file, "", config);
  }

  private ModelConfig(Path file, String section, JsonNode config) {
    this.file = file;
    this.section = section;
    this.config = config;
  }

  private String name(String field) {
    return section + field;
  }

  /**
   * An object within the configuration, as a configuration of its own; an empty one where it is
   * missing.
   *
   * @throws InvalidInputException if it is something else
   */
  public ModelConfig within(String field) {
    JsonNode inner = config.path(field);
    if (inner.isMissingNode() || inner.isNull()) {
      return new ModelConfig(file, name(field) + ".", new ObjectMapper().createObjectNode());
    }
    if (!inner.isObject()) {
      throw InvalidInputException.of(
          "%s: %s is %s; an object is expected", file, name(field), inner);
    }
    return new ModelConfig(file, name(field) + ".", inner);
  }

  /** Whether there is a field, with any value but null. */
  public boolean has(String field) {
    return config.hasNonNull(field);
  }

  /** The error for a field that contradicts another; the message begins with the field's name. */
  public InvalidInputException fault(String field, String said) {
    return InvalidInputException.of("%s: %s %s", file, name(field), said);
  }

  /**
   * The error for a field whose value is not supported.
   *
   * @param value what it has
   * @param supported what would be right
   */
  public InvalidInputException unsupported(String field, Object value, String supported) {
    return InvalidInputException.of(
        "%s: %s %s is not supported; supported is %s",
        file, name(field), value instanceof String ? "'" + value + "'" : value, supported);
  }

  /**
   * {@code model_type}.
   *
   * @throws InvalidInputException if it is missing
   */
  public String modelType() {
    return text("model_type")
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "%s: model_type is missing; it names the family, such as \"bert\"", file));
  }

  /**
   * The number of layers.
   *
   * @throws InvalidInputException if it is missing, not positive, or beyond what any model has
   */
  public int layers(String field) {
    int layers = size(field);
    if (layers > MOST_LAYERS) {
      throw InvalidInputException.of(
          "%s: %s is %d; at most %d are allowed", file, name(field), layers, MOST_LAYERS);
    }
    return layers;
  }

  /**
   * A positive whole number that divides another field's.
   *
   * @throws InvalidInputException if it does not
   */
  public int divisor(String field, String wholeField) {
    int divisor = size(field);
    int whole = size(wholeField);
    if (whole % divisor != 0) {
      throw InvalidInputException.of(
          "%s: %s is %d, which does not divide %s %d",
          file, name(field), divisor, name(wholeField), whole);
    }
    return divisor;
  }

  /**
   * A dropout rate, or the default where it is missing.
   *
   * @throws InvalidInputException if it does not lie in [0, 1)
   */
  public double rateOr(String field, double byDefault) {
    double rate = numberOr(field, byDefault);
    if (!(rate >= 0 && rate < 1)) {
      throw InvalidInputException.of(
          "%s: %s is %s; a rate in [0, 1) is expected", file, name(field), rate);
    }
    return rate;
  }

  /**
   * The texts of a list.
   *
   * @throws InvalidInputException if it is no list, or anything else is in it
   */
  public List<String> texts(String field) {
    JsonNode list = config.path(field);
    List<String> texts = new ArrayList<>();
    for (JsonNode each : list) {
      if (each.isTextual()) {
        texts.add(each.textValue());
      }
    }
    if (!list.isArray() || texts.size() != list.size()) {
      throw InvalidInputException.of(
          "%s: %s is %s; a list of texts is expected", file, name(field), list);
    }
    return texts;
  }

  /**
   * Token ids: one, or a list of them; none where the field is missing.
   *
   * @throws InvalidInputException if it is something else
   */
  public List<Integer> tokenIds(String field) {
    JsonNode value = config.path(field);
    List<Integer> ids = new ArrayList<>();
    if (value.isMissingNode() || value.isNull()) {
      return ids;
    }
    for (JsonNode each : value.isArray() ? value : List.of(value)) {
      if (!each.isIntegralNumber() || !each.canConvertToInt() || each.intValue() < 0) {
        throw InvalidInputException.of(
            "%s: %s is %s; a token id, or a list of them, is expected", file, name(field), value);
      }
      ids.add(each.intValue());
    }
    return ids;
  }

  /** A text of the configuration. */
  public Optional<String> text(String field) {
    JsonNode value = config.path(field);
    return value.isTextual() ? Optional.of(value.textValue()) : Optional.empty();
  }

  /**
   * A positive whole number of the configuration.
   *
   * @throws InvalidInputException if it is missing, or not a positive number below 2³¹
   */
  public int size(String field) {
    JsonNode value = config.path(field);
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() <= 0) {
      throw InvalidInputException.of(
          "%s: %s is %s; a positive whole number is expected",
          file, name(field), value.isMissingNode() ? "missing" : value.toString());
    }
    return value.intValue();
  }

  /** A whole number of the configuration, 0 or more, or the default where it is missing. */
  public int sizeOr(String field, int byDefault) {
    JsonNode value = config.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return byDefault;
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
      throw InvalidInputException.of(
          "%s: %s is %s; a whole number, 0 or more, is expected", file, name(field), value);
    }
    return value.intValue();
  }

  /** A truth value of the configuration, or the default where it is missing. */
  public boolean flagOr(String field, boolean byDefault) {
    JsonNode value = config.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return byDefault;
    }
    if (!value.isBoolean()) {
      throw InvalidInputException.of(
          "%s: %s is %s; true or false is expected", file, name(field), value);
    }
    return value.booleanValue();
  }

  /** A number of the configuration, or the default where it is missing. */
  public double numberOr(String field, double byDefault) {
    JsonNode value = config.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return byDefault;
    }
    if (!value.isNumber()) {
      throw InvalidInputException.of(
          "%s: %s is %s; a number is expected", file, name(field), value);
    }
    return value.doubleValue();
  }

  /** The fields as JSON. */
  @Override
  public String toString() {
    return config.toString();
  }
}
