package org.ptuning4j.task.choice;

import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.value.NormalLabel;
import org.ptuning4j.data.value.NumberedLabels;
import org.ptuning4j.task.template.ColumnValues;

/** Which candidate a label means: its index from 0, its letter from A, or its own text. */
final class ChoiceLabel {

  private ChoiceLabel() {}

  /**
   * The index of the candidate.
   *
   * @throws UnusableRowException where it means none, or could mean two
   */
  static int index(String column, Object value, List<String> candidates)
      throws UnusableRowException {
    String label = NormalLabel.of(value);
    if (NumberedLabels.isHidden(value) && !normalForms(candidates).contains(label)) {
      throw UnusableRowException.withoutAnswer(
          "label column '" + column + "' is -1, which hides the answer");
    }
    TreeSet<Integer> meant = new TreeSet<>();
    if (label.matches("[0-9]{1,6}")) {
      meant.add(Integer.parseInt(label));
    } else if (value instanceof Number) {
      throw none(column, label, candidates);
    }
    if (!(value instanceof Number)) { // a number is no text, even where candidates are figures
      if (label.matches("[A-Za-z]")) {
        meant.add(label.toUpperCase(Locale.ROOT).charAt(0) - 'A');
      }
      meant.add(normalForms(candidates).indexOf(label)); // -1 for none
    }
    meant.removeIf(index -> index < 0 || index >= candidates.size());
    if (meant.isEmpty()) {
      throw none(column, label, candidates);
    }
    if (meant.size() > 1) {
      throw new UnusableRowException(
          String.format(
              Locale.ROOT,
              "label column '%s' is '%s', which can mean candidate %d or %d (counted from 0);"
                  + " write its letter, A to %c",
              column,
              ColumnValues.shown(label),
              meant.first(),
              meant.last(),
              'A' + candidates.size() - 1));
    }
    return meant.first();
  }

  /**
   * The same where a row names its candidates.
   *
   * @throws UnusableRowException if none has that name
   */
  static int named(String column, Object value, List<String> names) throws UnusableRowException {
    if (NumberedLabels.isHidden(value)) {
      throw UnusableRowException.withoutAnswer(
          "label column '" + column + "' is -1, which hides the answer");
    }
    int index = names.indexOf(NormalLabel.of(value));
    if (index < 0) {
      throw new UnusableRowException(
          String.format(
              Locale.ROOT,
              "label column '%s' is '%s', which is none of the row's candidates: %s",
              column,
              ColumnValues.shown(value),
              String.join(", ", names)));
    }
    return index;
  }

  private static List<String> normalForms(List<String> candidates) {
    return candidates.stream().map(NormalLabel::of).toList();
  }

  private static UnusableRowException none(String column, String label, List<String> candidates) {
    return new UnusableRowException(
        String.format(
            Locale.ROOT,
            "label column '%s' is '%s', must be a candidate's index (0 to %d), its letter (A to"
                + " %c) or its text",
            column,
            ColumnValues.shown(label),
            candidates.size() - 1,
            'A' + Math.min(25, candidates.size() - 1)));
  }
}
