package org.ptuning4j.tensor;

import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.NumberType;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.OptionalType;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;

/**
 * An operator of libtorch called by its name, for those that JavaCPP has no method for. Arguments
 * are given in the order of the operator's schema, all of them.
 */
public final class Operator {

  private final OperatorHandle handle;

  private Operator(OperatorHandle handle) {
    this.handle = handle;
  }

  /**
   * Looks an operator up.
   *
   * @param name with its name space, such as {@code aten::_fused_adamw_}
   * @param overload empty for the one without a name of its own
   */
  public static Operator of(String name, String overload) {
    OperatorHandle handle = Dispatcher.singleton().findSchemaOrThrow(name, overload);
    handle.retainReference(); // outlives the scope it is looked up in
    return new Operator(handle);
  }

  /** An argument: a number. */
  public static IValue number(double value) {
    return new IValue(value);
  }

  /** An argument: a whole number. */
  public static IValue integer(long value) {
    return new IValue(value);
  }

  /** An argument: a text. */
  public static IValue text(String value) {
    return new IValue(value);
  }

  /** An argument: a list of numbers that may be missing, without any. */
  public static IValue noNumbers() {
    // As a Type: a pointer to a pointer to one would be taken for the type itself.
    Type number = NumberType.getNumberIntTypePtr().get();
    return new IValue(new GenericList(OptionalType.get(new Type.TypePtr(number))));
  }

  /** An argument: a switch. */
  public static IValue flag(boolean value) {
    return new IValue(value);
  }

  /** An argument: a tensor. */
  public static IValue tensor(Tensor value) {
    return new IValue(value);
  }

  /** An argument: a list of tensors. */
  public static IValue tensors(List<Tensor> values) {
    GenericList list = new GenericList(new Type.TypePtr(TensorType.get()));
    values.forEach(value -> list.push_back(new IValue(value)));
    return new IValue(list);
  }

  /** An argument that is left out. */
  public static IValue none() {
    return new IValue();
  }

  /** The same argument for any number of calls, from any threads; never given back. */
  public static IValue kept(Supplier<IValue> argument) {
    return Scope.run(
        () -> {
          IValue value = argument.get();
          value.retainReference();
          return value;
        });
  }

  /** Calls an operator that changes its arguments and returns nothing. */
  public void apply(IValue... arguments) {
    handle.callBoxed(new IValueVector(arguments));
  }

  /** Calls an operator that returns a tensor. */
  public Tensor tensorOf(IValue... arguments) {
    return new Tensor(valueOf(arguments).toTensor()); // a tensor of its own: the value's is a view
  }

  /** Calls an operator that returns one value. */
  public IValue valueOf(IValue... arguments) {
    IValueVector stack = new IValueVector(arguments);
    handle.callBoxed(stack);
    return new IValue(stack.get(0)); // the stack's own is freed with it
  }

  /** Gives the handle back. */
  public void release() {
    Scope.release(handle);
  }
}
