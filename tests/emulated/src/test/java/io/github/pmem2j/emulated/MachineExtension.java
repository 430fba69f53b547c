package io.github.pmem2j.emulated;

import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives each test a clean {@link Machine}. */
final class MachineExtension implements BeforeEachCallback, ParameterResolver {
  private final Machine machine = new Machine();

  @Override
  public void beforeEach(ExtensionContext context) {
    machine.reset();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Machine.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return machine;
  }
}
