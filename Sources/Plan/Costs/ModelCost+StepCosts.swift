import CleaveModel

extension ModelCost: StepCosts {}
