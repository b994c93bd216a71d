package org.example.extending;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.ptuning4j.Fields;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskProvider;

/** Named in {@code META-INF/services/org.ptuning4j.task.TaskProvider}. */
public final class ReviewTasks implements TaskProvider {

  @Override
  public List<Task<?>> tasks() {
    return List.of(new RatingTask(5));
  }

  @Override
  public Map<String, Function<Fields, Task<?>>> kinds() {
    return Map.of(RatingTask.KIND, RatingTask::of);
  }
}
